/** Play an emoji in the grid while it is hovered or focused. */

import { getProject } from "../../api.js";
import { BitmapCache, drawBitmap } from "../../bitmaps.js";
import { prefersReducedMotion } from "../../dom.js";
import { chosenCandidate } from "../../live/statuses.js";
import { momentsOf, Playback } from "../../playback.js";

export class EmojiCard extends HTMLElement {
  #playback = new Playback();
  #bitmaps = new BitmapCache();
  #isActive = false;
  #loaded = false;

  connectedCallback() {
    const canvas = this.querySelector("canvas");
    if (!canvas || prefersReducedMotion()) return;
    this.#playback.playing = false;
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => this.#play());
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.#stop());
    this.#playback.subscribe(() => {
      const moment = this.#playback.moment;
      const bitmap = moment && this.#bitmaps.get(moment.url);
      if (!bitmap || !this.#isActive) return;
      drawBitmap(canvas, bitmap);
      this.classList.add("is-moving");
    });
  }

  async #play() {
    this.#isActive = true;
    if (!this.#loaded) await this.#load();
    if (this.#isActive && !this.#playback.playing) this.#playback.toggle();
  }

  #stop() {
    if (this.matches(":hover, :focus-within")) return;
    this.#isActive = false;
    this.classList.remove("is-moving");
    if (this.#playback.playing) this.#playback.toggle();
  }

  async #load() {
    this.#loaded = true;
    try {
      const project = await getProject(this.dataset.project ?? "");
      const moments = momentsOf(project.frames, (frame) => chosenCandidate(frame)?.preview_url);
      this.#bitmaps.retain(moments.map((moment) => moment.url));
      this.#playback.set(moments);
    } catch {
      this.#loaded = false; // the still picture stays; the next hover tries again
    }
  }
}

customElements.define("emoji-card", EmojiCard);
