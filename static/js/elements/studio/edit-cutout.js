/** Open the cut-out editor, by its button or the key E; its scripts are loaded then. */

import { find, loadStyles } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { isEnabled, setBusy } from "../../focus.js";
import { interpolate, ngettext } from "../../i18n.js";
import { isEditable } from "../../live/statuses.js";

/**
 * @import { ProjectDetail } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 */

const TYPING = "input, select, textarea, [contenteditable]";

export class EditCutout extends HTMLElement {
  /** @param {Store} store */
  attach(store) {
    const button = find(this, "button", HTMLButtonElement);
    const open = () => isEnabled(button) && void this.#open(store, button);
    button.addEventListener("click", open);
    store.subscribe(() => {
      button.disabled = !isEditable(store.project, store.selectedFrame);
      find(this, "[data-hint]", HTMLElement).textContent = hintAbout(store.project);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "e" || event.ctrlKey || event.metaKey || event.altKey) return;
      const isElsewhere = event.target instanceof Element && event.target.closest(TYPING);
      if (!isElsewhere && !document.querySelector("dialog[open]")) open();
    });
  }

  /** @param {Store} store @param {HTMLButtonElement} button */
  async #open(store, button) {
    await runAction(find(this, "[data-error]", HTMLElement), (busy) => setBusy(button, busy), async () => {
      const [{ CutoutEditor }] = await Promise.all([import("./editor/cutout-editor.js"), loadStyles("editor-styles")]);
      find(document, "cutout-editor", CutoutEditor).open(store);
    });
  }
}

/** Say that there may be holes: whether they are, only a person knows. @param {ProjectDetail} project */
function hintAbout({ generator, source }) {
  const count = generator === "clip" ? 0 : source.pockets.length;
  if (count === 0) return "";
  const text = ngettext("One white area inside may be a hole: open it there.", "%(count)s white areas inside may be holes: open them there.", count);
  return interpolate(text, { count });
}

customElements.define("edit-cutout", EditCutout);
