/** Show the emoji in chat messages, light and dark, at the sizes that chats use. */

import { drawBitmap } from "../../bitmaps.js";

/**
 * @import { Playback } from "../../playback.js"
 * @import { BitmapCache } from "../../bitmaps.js"
 */

export class ChatPreview extends HTMLElement {
  /** @param {Playback} playback @param {BitmapCache} bitmaps */
  attach(playback, bitmaps) {
    const canvases = [...this.querySelectorAll("canvas")];
    const density = Math.min(3, Math.max(1, devicePixelRatio));
    for (const canvas of canvases) canvas.width = canvas.height = Math.round(Number(canvas.dataset.size) * density);
    let shown = "";
    playback.subscribe(() => {
      const url = playback.moment?.url ?? "";
      const bitmap = url ? bitmaps.get(url) : null;
      const key = `${url} ${bitmaps.version}`;
      if (shown === key || (url && !bitmap)) return;
      shown = key;
      for (const canvas of canvases) drawBitmap(canvas, bitmap);
    });
  }
}

customElements.define("chat-preview", ChatPreview);
