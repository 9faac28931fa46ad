/** Open the views over the studio, by their buttons and keys: the cut-out editor, and framing and finish. */

import { errorPlace, find, loadStyles } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { isEnabled, setBusy } from "../../focus.js";
import { interpolate, ngettext } from "../../i18n.js";
import { isEditable } from "../../live/statuses.js";

/**
 * @import { ProjectDetail } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 * @import { Studio } from "./finish/finish-editor.js"
 */

const TYPING = "input, select, textarea, [contenteditable]";

/** Tell whether something else was opened over the studio while the scripts of a view were on their way. */
const isCovered = () => document.querySelector("dialog[open], .is-editing") !== null;

/** A button with a key that opens a view, whose scripts are loaded then. */
class ViewOpener extends HTMLElement {
  /** @param {string} key @param {() => Promise<void>} open */
  openWith(key, open) {
    const { button } = this;
    const press = () => isEnabled(button) && void runAction(errorPlace(this), (busy) => setBusy(button, busy), open);
    button.addEventListener("click", press);
    document.addEventListener("keydown", (event) => {
      if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey) return;
      const isElsewhere = event.target instanceof Element && event.target.closest(TYPING);
      if (!isElsewhere && !document.querySelector("dialog[open]")) press();
    });
  }

  get button() {
    return find(this, "button", HTMLButtonElement);
  }
}

export class EditCutout extends ViewOpener {
  /** @param {Store} store */
  attach(store) {
    store.subscribe(() => {
      this.button.disabled = !isEditable(store.project, store.selectedFrame);
      find(this, "[data-hint]", HTMLElement).textContent = hintAbout(store.project);
    });
    this.openWith("e", async () => {
      const [{ CutoutEditor }] = await Promise.all([import("./editor/cutout-editor.js"), loadStyles("editor-styles")]);
      if (!isCovered()) find(document, "cutout-editor", CutoutEditor).open(store);
    });
  }
}

export class EditFinish extends ViewOpener {
  /** @param {Studio} studio */
  attach(studio) {
    const { store } = studio;
    store.subscribe(() => (this.button.disabled = !store.project.frames.some(({ chosen }) => chosen)));
    this.openWith("f", async () => {
      const [{ FinishEditor }] = await Promise.all([
        import("./finish/finish-editor.js"), loadStyles("editor-styles"), loadStyles("finish-styles"),
      ]);
      if (!isCovered()) find(document, "finish-editor", FinishEditor).open(studio);
    });
  }
}

/** Say which holes were opened unasked, and which areas may be holes. @param {ProjectDetail} project */
function hintAbout({ generator, source: { holes, pockets } }) {
  if (generator === "clip") return "";
  const opened = ngettext("One hole inside was opened: fill it there if it is none.", "%(count)s holes inside were opened: fill there what is none.", holes.length);
  const offered = ngettext("One white area inside may be a hole: open it there.", "%(count)s white areas inside may be holes: open them there.", pockets.length);
  const hints = [{ text: opened, count: holes.length }, { text: offered, count: pockets.length }];
  return hints.filter(({ count }) => count).map(({ text, count }) => interpolate(text, { count })).join(" ");
}

customElements.define("edit-cutout", EditCutout);
customElements.define("edit-finish", EditFinish);
