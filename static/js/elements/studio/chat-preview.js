/** The emoji where it will live: chat rows, light and dark, at the sizes that chats show. */

import { draw } from "../../pictures.js";

/**
 * @import { Playback } from "../../playback.js"
 * @import { Pictures } from "../../pictures.js"
 */

export class ChatPreview extends HTMLElement {
  /** @param {Playback} playback @param {Pictures} pictures */
  attach(playback, pictures) {
    const canvases = [...this.querySelectorAll("canvas")];
    const density = Math.min(3, Math.max(1, devicePixelRatio));
    for (const canvas of canvases) canvas.width = canvas.height = Math.round(Number(canvas.dataset.size) * density);
    let shown = "";
    playback.subscribe(() => {
      const url = playback.moment?.url ?? "";
      const bitmap = url ? pictures.get(url) : null;
      if (shown === url || (url && !bitmap)) return;
      shown = url;
      for (const canvas of canvases) draw(canvas, bitmap);
    });
  }
}

customElements.define("chat-preview", ChatPreview);
