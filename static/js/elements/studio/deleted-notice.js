/** Replace the studio once its emoji was deleted, here or in another window. */

import { find } from "../../dom.js";

/**
 * @import { Playback } from "../../playback.js"
 * @import { Store } from "../../live/store.js"
 */

export class DeletedNotice extends HTMLElement {
  /** @param {Store} store @param {Playback} playback */
  attach(store, playback) {
    store.subscribe((topics) => {
      if (topics.has("connection") && store.connection === "gone" && this.hidden) this.#replaceStudio(playback);
    });
  }

  /** @param {Playback} playback */
  #replaceStudio(playback) {
    for (const dialog of document.querySelectorAll("dialog")) dialog.close();
    if (playback.playing) playback.toggle();
    for (const part of this.parentElement?.children ?? []) if (part instanceof HTMLElement) part.hidden = part !== this;
    document.title = "Deleted · EmojiForge";
    find(this, "h1", HTMLElement).focus(); // screen readers read it then
  }
}

customElements.define("deleted-notice", DeletedNotice);
