/** Set up the studio: one store that is kept up to date, one playback, and the elements that show them. */

import { duplicateProject, editProject } from "../api.js";
import { BitmapCache } from "../bitmaps.js";
import { find, loadStyles, onceInSight, replayChange } from "../dom.js";
import { ChatPreview } from "../elements/studio/chat-preview.js";
import { ExportCards } from "../elements/studio/exports/export-cards.js";
import { QuickDownload } from "../elements/studio/exports/quick-download.js";
import { FramePlayer } from "../elements/studio/frame-player.js";
import { FineTune } from "../elements/studio/fine-tune.js";
import { FrameStrip } from "../elements/studio/frames/frame-strip.js";
import { LoopVersions } from "../elements/studio/loop-versions.js";
import { EditCutout, EditFinish } from "../elements/studio/open-views.js";
import { StatusLine } from "../elements/studio/status-line.js";
import { TimelineTools } from "../elements/studio/timeline/timeline-tools.js";
import "../elements/studio/studio-tabs.js";
import { runAction } from "../feedback.js";
import { gettext } from "../i18n.js";
import { LiveUpdates } from "../live/live-updates.js";
import { chosenCandidate } from "../live/statuses.js";
import { Store } from "../live/store.js";
import { momentsOf, Playback } from "../playback.js";
import { History } from "../timeline/history.js";
import { Timeline } from "../timeline/timeline.js";

const store = new Store(JSON.parse(find(document, "#state", HTMLScriptElement).textContent ?? ""));
const playback = new Playback();
const bitmaps = new BitmapCache();
const history = new History(store);
store.noteStep = (/** @type {import("../timeline/history.js").Step} */ step) => history.add(step);
const timeline = new Timeline(store, history);

store.subscribe((topics) => {
  if (!topics.has("frames")) return;
  const moments = momentsOf(store.project.frames, (frame) => chosenCandidate(frame)?.preview_url);
  bitmaps.retain(moments.map((moment) => moment.url));
  playback.set(moments);
});
bitmaps.onLoad = () => playback.set(playback.moments);
const markPixelArt = () => document.body.classList.toggle("pixel-art", store.project.pixel_art);
markPixelArt();
store.subscribe((topics) => topics.has("project") && markPixelArt());

find(document, "frame-player", FramePlayer).attach(store, playback, bitmaps);
const fineTune = find(document, "fine-tune", FineTune);
fineTune.attach(store);
const strip = find(document, "frame-strip", FrameStrip);
strip.attach(store, playback, timeline, (must) => fineTune.open(must));
find(document, "timeline-tools", TimelineTools).attach(store, playback, timeline);
find(document, "loop-versions", LoopVersions).attach(store);
find(document, "chat-preview", ChatPreview).attach(store, playback, bitmaps, timeline);
find(document, "export-cards", ExportCards).attach(store);
find(document, "quick-download", QuickDownload).attach(store);
find(document, "status-line", StatusLine).attach(store);
find(document, "edit-cutout", EditCutout).attach(store);
const setup = JSON.parse(find(document, "#finish-setup", HTMLScriptElement).textContent ?? "");
find(document, "edit-finish", EditFinish).attach({ store, playback, bitmaps, setup });
nameField();
motionText();
motionDialog();
moreMenu();
partsForLater();
new LiveUpdates(store).start();

/** Copy the emoji, or share it by a link. */
function moreMenu() {
  const menu = find(document, "[data-testid=studio-menu]", HTMLElement);
  const run = (/** @type {() => Promise<unknown>} */ action) =>
    void runAction(find(document, "[data-name-error]", HTMLElement), () => menu.removeAttribute("open"), action);
  find(menu, "[data-duplicate]", HTMLElement).addEventListener("click", () => run(async () => {
    const copy = await duplicateProject(store.project.id);
    location.assign(`/emojis/${copy.id}/`);
  }));
  menu.querySelector("[data-share-link]")?.addEventListener("click", () => run(async () => {
    const { openShareDialog } = await import("../elements/share-dialog.js");
    openShareDialog({ id: store.project.id, name: store.project.name, opener: menu.querySelector("summary") });
  }));
}

/** Load what the first look does not need once it is needed. */
function partsForLater() {
  onceInSight(strip, async () => {
    const { OutlierSearch } = await import("../timeline/outliers.js");
    new OutlierSearch(playback, bitmaps, (ids) => strip.markOutliers(ids)).follow(store);
  });
  store.once(({ project }) => JSON.stringify(project.finish) !== JSON.stringify(setup.plain), async () => {
    const { showFinish } = await import("../finish/studio-finish.js");
    showFinish({ store, playback, bitmaps, strip, versions: find(document, "loop-versions", LoopVersions), setup });
  });
  store.once(({ project }) => project.notes.length > 0 || project.framing === "whole", async () => {
    const { ProjectNotes } = await import("../elements/studio/project-notes.js");
    find(document, "project-notes", ProjectNotes).attach(store);
  });
  const words = find(document, "details.words", HTMLDetailsElement);
  const loadWords = async () => {
    const { ProjectWords } = await import("../elements/studio/exports/project-words.js");
    find(document, "project-words", ProjectWords).attach(store);
  };
  if (words.open) void loadWords(); // opened before this script was there
  else words.addEventListener("toggle", loadWords, { once: true });
  store.once(({ connection }) => connection === "gone", async () => {
    const { DeletedNotice } = await import("../elements/studio/deleted-notice.js");
    find(document, "deleted-notice", DeletedNotice).replaceStudio(playback);
  });
}

function nameField() {
  const field = find(document, "[data-name-field]", HTMLInputElement);
  const error = find(document, "[data-name-error]", HTMLElement);
  const typed = field.value;
  /** The name that is being saved. */
  let wanted = "";
  const show = () => {
    const name = wanted || store.project.name;
    if (document.activeElement !== field) field.value = name;
    document.title = `${name} · EmojiForge`;
  };
  const save = async (/** @type {string} */ name) => {
    wanted = name;
    await runAction(error, () => {}, () => store.inTurn(async () => {
      store.project.name = (await editProject(store.project.id, { name })).name;
    }));
    if (wanted !== name) return; // another one is being saved by now
    wanted = "";
    show();
  };
  store.subscribe((topics) => topics.has("project") && show());
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") field.value = wanted || store.project.name;
    if (event.key === "Enter" || event.key === "Escape") field.blur();
  });
  field.addEventListener("change", () => {
    const name = field.value.trim();
    if (name && name !== (wanted || store.project.name)) void save(name);
    else show();
  });
  replayChange(field, typed);
}

function motionText() {
  const place = find(document, "[data-understood-as]", HTMLElement);
  store.subscribe((topics) => {
    if (!topics.has("project")) return;
    const { generator, motion } = store.project;
    place.textContent = generator === "clip" ? gettext("The clip’s own motion") : motion.understood_as;
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
