/** Set up the studio: one store that is kept up to date, one playback, and the elements that show them. */

import { renameProject } from "../api.js";
import { BitmapCache } from "../bitmaps.js";
import { find, loadStyles } from "../dom.js";
import "../elements/motion/motion-preview.js";
import { ChatPreview } from "../elements/studio/chat-preview.js";
import { DeletedNotice } from "../elements/studio/deleted-notice.js";
import { EditCutout } from "../elements/studio/edit-cutout.js";
import { ExportCards } from "../elements/studio/exports/export-cards.js";
import { QuickDownload } from "../elements/studio/exports/quick-download.js";
import { FramePlayer } from "../elements/studio/frame-player.js";
import { FineTune } from "../elements/studio/fine-tune.js";
import { FrameStrip } from "../elements/studio/frames/frame-strip.js";
import { LoopVersions } from "../elements/studio/loop-versions.js";
import { ProjectNotes } from "../elements/studio/project-notes.js";
import { StatusLine } from "../elements/studio/status-line.js";
import { TimelineTools } from "../elements/studio/timeline/timeline-tools.js";
import "../elements/studio/studio-tabs.js";
import { runAction } from "../feedback.js";
import { LiveUpdates } from "../live/live-updates.js";
import { chosenCandidate } from "../live/statuses.js";
import { Store } from "../live/store.js";
import { momentsOf, Playback } from "../playback.js";
import { History } from "../timeline/history.js";
import { OutlierSearch } from "../timeline/outliers.js";
import { Timeline } from "../timeline/timeline.js";

const store = new Store(JSON.parse(find(document, "#state", HTMLScriptElement).textContent ?? ""));
const playback = new Playback();
const bitmaps = new BitmapCache();
const history = new History(store);
store.noteStep = (/** @type {import("../timeline/history.js").Step} */ step) => history.add(step);
const timeline = new Timeline(store, history);

const outliers = new OutlierSearch(playback, bitmaps, (ids) => find(document, "frame-strip", FrameStrip).markOutliers(ids));

store.subscribe((topics) => {
  if (!topics.has("frames")) return;
  const moments = momentsOf(store.project.frames, (frame) => chosenCandidate(frame)?.preview_url);
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
const fineTune = find(document, "fine-tune", FineTune);
fineTune.attach(store);
find(document, "frame-strip", FrameStrip).attach(store, playback, timeline, (must) => fineTune.open(must));
find(document, "timeline-tools", TimelineTools).attach(store, playback, timeline);
find(document, "loop-versions", LoopVersions).attach(store);
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

/** Load the dialog of motions when it is asked for. */
function motionDialog() {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-open-motion]")) return;
    void runAction(find(document, "[data-name-error]", HTMLElement), () => {}, async () => {
      const [{ openMotionDialog }] = await Promise.all([import("../elements/motion/motion-dialog.js"), loadStyles("motion-styles")]);
      openMotionDialog(store);
    });
  });
}
