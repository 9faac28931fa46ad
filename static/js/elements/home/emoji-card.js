/** One emoji in the grid: it plays while somebody points at it or has it in focus. */

import { getProject } from "../../api.js";
import { drawBitmap, BitmapCache } from "../../bitmaps.js";
import { Playback } from "../../playback.js";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class EmojiCard extends HTMLElement {
  #playback = new Playback();
  #bitmaps = new BitmapCache();
  #wanted = false;
  #loaded = false;

  connectedCallback() {
    const canvas = this.querySelector("canvas");
    if (!canvas || STILL.matches) return;
    this.#playback.playing = false;
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => this.#play());
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.#stop());
    this.#playback.subscribe(() => {
      const moment = this.#playback.moment;
      const bitmap = moment && this.#bitmaps.get(moment.url);
      if (!bitmap || !this.#wanted) return;
      drawBitmap(canvas, bitmap);
      this.classList.add("is-moving");
    });
  }

  async #play() {
    this.#wanted = true;
    if (!this.#loaded) await this.#load();
    if (this.#wanted && !this.#playback.playing) this.#playback.toggle();
  }

  #stop() {
    if (this.matches(":hover, :focus-within")) return;
    this.#wanted = false;
    this.classList.remove("is-moving");
    if (this.#playback.playing) this.#playback.toggle();
  }

  async #load() {
    this.#loaded = true;
    try {
      const project = await getProject(this.dataset.project ?? "");
      const moments = project.frames.flatMap((frame) => {
        const url = frame.candidates.find((candidate) => candidate.id === frame.chosen)?.preview_url;
        return url ? [{ id: frame.id, index: frame.index, url, delay: frame.delay_ms }] : [];
      });
      this.#bitmaps.keep(moments.map((moment) => moment.url));
      this.#playback.set(moments);
    } catch {
      this.#loaded = false; // the still picture stays; the next visit tries again
    }
  }
}

customElements.define("emoji-card", EmojiCard);
