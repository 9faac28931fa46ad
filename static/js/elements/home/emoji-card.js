/** Play an emoji in the grid while it is hovered or focused, and let it be renamed in place. */

import { getProject } from "../../api.js";
import { BitmapCache, drawBitmap } from "../../bitmaps.js";
import { find, onceInSight, prefersReducedMotion } from "../../dom.js";
import { FinishedLoop } from "../../finish/finished-loop.js";
import { chosenCandidate } from "../../live/statuses.js";
import { momentsOf, Playback } from "../../playback.js";
import { RenameForm } from "./rename-form.js";

export class EmojiCard extends HTMLElement {
  static observedAttributes = ["data-status"];
  #playback = new Playback();
  #bitmaps = new BitmapCache();
  #isActive = false;
  #loaded = false;
  #isSetUp = false;
  /** Draws the still with the finish, where there is one. */
  #drawStill = () => {};

  connectedCallback() {
    if (this.#isSetUp) return; // it was put back into the list
    this.#isSetUp = true;
    new RenameForm(this);
    const canvas = this.querySelector("canvas");
    if (canvas && this.dataset.finish) onceInSight(this, () => this.#showFinish(canvas));
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

  /** Forget the frames: there are others now than when they were loaded. */
  attributeChangedCallback() {
    this.#loaded = false;
    if (this.#isActive) void this.#play();
  }

  /** Show the still and the loop as files show them. @param {HTMLCanvasElement} canvas */
  async #showFinish(canvas) {
    /** @type {{finish: import("../../schema.js").Finish, canvas: import("../../finish/placing.js").SizeRule, font: string}} */
    const setup = JSON.parse(this.dataset.finish ?? "");
    const still = find(this, "img", HTMLImageElement).getAttribute("src") ?? "";
    await new FinishedLoop(this.#bitmaps, this.#playback).show(setup.finish, setup);
    this.#drawStill = () => {
      const bitmap = !this.#isActive && this.#bitmaps.get(still);
      if (!bitmap) return;
      drawBitmap(canvas, bitmap);
      this.classList.add("has-finish");
    };
    this.#bitmaps.onLoad = this.#drawStill;
    if (!this.#loaded) this.#bitmaps.retain([still]);
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
    this.#drawStill();
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
