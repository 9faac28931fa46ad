/** Set up the studio: one store that is kept up to date, one playback, and the elements that show them. */

import { generate, IdempotencyKey, renameProject } from "../api.js";
import { BitmapCache } from "../bitmaps.js";
import { find } from "../dom.js";
import { MotionPicker } from "../elements/motion/motion-picker.js";
import "../elements/motion/motion-preview.js";
import { CandidatePicker } from "../elements/studio/frames/candidate-picker.js";
import { ChatPreview } from "../elements/studio/chat-preview.js";
import { DeletedNotice } from "../elements/studio/deleted-notice.js";
import { EditCutout } from "../elements/studio/edit-cutout.js";
import { ExportCards } from "../elements/studio/exports/export-cards.js";
import { QuickDownload } from "../elements/studio/exports/quick-download.js";
import { FramePlayer } from "../elements/studio/frame-player.js";
import { FrameStrip } from "../elements/studio/frames/frame-strip.js";
import { FrameViewer } from "../elements/studio/frames/frame-viewer.js";
import { ProjectNotes } from "../elements/studio/project-notes.js";
import { RematteBox } from "../elements/studio/frames/rematte-box.js";
import { RetryBox } from "../elements/studio/frames/retry-box.js";
import { StatusLine } from "../elements/studio/status-line.js";
import { TimelineTools } from "../elements/studio/timeline/timeline-tools.js";
import { TrackSwitch } from "../elements/studio/track-switch.js";
import { runAction } from "../feedback.js";
import { isEnabled, setBusy } from "../focus.js";
import { LiveUpdates } from "../live/live-updates.js";
import { chosenCandidate, readyCandidate } from "../live/statuses.js";
import { Store } from "../live/store.js";
import { momentsOf, Playback } from "../playback.js";
import { History } from "../timeline/history.js";
import { OutlierSearch } from "../timeline/outliers.js";
import { Timeline } from "../timeline/timeline.js";

/**
 * @import { ClipRange } from "../elements/motion/clip-range.js"
 * @import { Frame } from "../schema.js"
 */

const store = new Store(JSON.parse(find(document, "#state", HTMLScriptElement).textContent ?? ""));
const playback = new Playback();
const bitmaps = new BitmapCache();
const timeline = new Timeline(store, new History(store));

const outliers = new OutlierSearch(playback, bitmaps, (ids) => find(document, "frame-strip", FrameStrip).markOutliers(ids));

/** Get the URL of a frame's picture in the version that is played. @param {Frame} frame */
function pictureOf(frame) {
  return readyCandidate(frame, store.track)?.preview_url ?? chosenCandidate(frame)?.preview_url;
}

store.subscribe((topics) => {
  if (!topics.has("frames") && !topics.has("track")) return;
  const moments = momentsOf(store.project.frames, pictureOf);
  bitmaps.retain(moments.map((moment) => moment.url));
  playback.set(moments);
  outliers.startSoon();
});
bitmaps.onLoad = () => {
  playback.set(playback.moments);
  outliers.startSoon();
};
const markPixelArt = () => document.body.classList.toggle("pixel-art", store.project.pixel_art);
markPixelArt();
store.subscribe((topics) => topics.has("project") && markPixelArt());

find(document, "frame-player", FramePlayer).attach(store, playback, bitmaps);
find(document, "frame-strip", FrameStrip).attach(store, playback, timeline);
find(document, "timeline-tools", TimelineTools).attach(store, playback, timeline);
find(document, "track-switch", TrackSwitch).attach(store, playback);
find(document, "candidate-picker", CandidatePicker).attach(store);
find(document, "retry-box", RetryBox).attach(store);
find(document, "frame-viewer", FrameViewer).attach(store);
find(document, "rematte-box", RematteBox).attach(store);
find(document, "chat-preview", ChatPreview).attach(playback, bitmaps);
find(document, "export-cards", ExportCards).attach(store);
find(document, "quick-download", QuickDownload).attach(store);
find(document, "status-line", StatusLine).attach(store);
find(document, "project-notes", ProjectNotes).attach(store);
find(document, "deleted-notice", DeletedNotice).attach(store, playback);
find(document, "edit-cutout", EditCutout).attach(store);
nameField();
motionDialog();
new LiveUpdates(store).start();

function nameField() {
  const field = find(document, "[data-name-field]", HTMLInputElement);
  const error = find(document, "[data-name-error]", HTMLElement);
  store.subscribe((topics) => {
    if (!topics.has("project")) return;
    if (document.activeElement !== field) field.value = store.project.name;
    document.title = `${store.project.name} · EmojiForge`;
    find(document, "[data-understood-as]", HTMLElement).textContent =
      store.project.generator === "clip" ? "The clip’s own motion" : store.project.motion.understood_as;
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") field.value = store.project.name;
    if (event.key === "Enter" || event.key === "Escape") field.blur();
  });
  field.addEventListener("change", async () => {
    const name = field.value.trim();
    const isNew = Boolean(name) && name !== store.project.name;
    const succeeded = await runAction(error, () => {}, async () => {
      if (isNew) store.project.name = (await renameProject(store.project.id, name)).name;
    });
    if (!isNew || !succeeded) field.value = store.project.name;
  });
}

function motionDialog() {
  const dialog = find(document, "#motion", HTMLDialogElement);
  const form = find(dialog, "form", HTMLFormElement);
  const picker = find(dialog, "motion-picker", MotionPicker);
  const button = find(form, "[type=submit]", HTMLButtonElement);
  const error = find(form, "[data-form-error]", HTMLElement);
  const idempotencyKey = new IdempotencyKey();
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-open-motion]")) return;
    showClip(picker.clipRange);
    dialog.showModal();
  });
  find(form, "[data-close]", HTMLButtonElement).addEventListener("click", () => dialog.close());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isEnabled(button)) return;
    picker.clear();
    error.textContent = "";
    const options = picker.options();
    if (!options) return;
    const send = async () => {
      store.setJob(await idempotencyKey.use(options, (key) => generate(store.project.id, options, key)));
      store.play("chosen");
      dialog.close();
    };
    void runAction(error, (busy) => setBusy(button, busy), send, (reason) => picker.showErrors(reason));
  });
}

/** Show the source's clip, and the range that the project uses. @param {ClipRange} range */
function showClip(range) {
  const { source, clip_start_ms, clip_end_ms, clip_fps, generator } = store.project;
  if (!source.clip) return;
  range.set({ duration: source.clip.duration_ms, times: null, frames: source.clip.frames });
  range.restore(clip_start_ms, clip_end_ms, clip_fps, generator === "clip");
}
