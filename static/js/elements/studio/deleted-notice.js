/** Replace the studio once its emoji was deleted, here or in another window. */

import { find } from "../../dom.js";
import { gettext } from "../../i18n.js";

/** @import { Playback } from "../../playback.js" */

export class DeletedNotice extends HTMLElement {
  /** @param {Playback} playback which is stopped */
  replaceStudio(playback) {
    for (const dialog of document.querySelectorAll("dialog")) dialog.close();
    if (playback.playing) playback.toggle();
    for (const part of this.parentElement?.children ?? []) if (part instanceof HTMLElement) part.hidden = part !== this;
    document.title = `${gettext("Deleted")} · EmojiForge`;
    find(this, "h1", HTMLElement).focus(); // screen readers read it then
  }
}

customElements.define("deleted-notice", DeletedNotice);
