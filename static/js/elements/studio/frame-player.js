/** Play the loop on a canvas, with its controls. */

import { drawBelow, drawBitmap } from "../../bitmaps.js";
import { chooseBackdrops, find, showImage } from "../../dom.js";
import { gettext, interpolate } from "../../i18n.js";

/**
 * @import { Playback } from "../../playback.js"
 * @import { BitmapCache } from "../../bitmaps.js"
 * @import { Store } from "../../live/store.js"
 */

/** How opaque the frames before and after are. */
const ONION = [0.35, 0.2];
const INTERACTIVE = "input, select, textarea, button, a, summary, dialog, [contenteditable]";

export class FramePlayer extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** Set by `attach`. @type {Playback} */
  #playback = /** @type {any} */ (null);
  /** Set by `attach`. @type {BitmapCache} */
  #bitmaps = /** @type {any} */ (null);
  /** Names all that is drawn on the canvas; empty where nothing is. */
  #drawn = "";

  /** @param {Store} store @param {Playback} playback @param {BitmapCache} bitmaps */
  attach(store, playback, bitmaps) {
    this.#store = store;
    this.#playback = playback;
    this.#bitmaps = bitmaps;
    playback.subscribe(() => this.#show());
    store.subscribe((topics) => {
      this.#clearCanvas(topics);
      this.#show();
    });
    find(this, "[data-play]", HTMLButtonElement).addEventListener("click", () => playback.toggle());
    find(this, "[data-scrub]", HTMLInputElement).addEventListener("input", (event) => this.#scrubTo(event));
    find(this, "[data-speed]", HTMLSelectElement).addEventListener("change", (event) => {
      playback.speed = Number(/** @type {HTMLSelectElement} */ (event.target).value);
    });
    chooseBackdrops(this, find(this, ".stage", HTMLElement));
    this.#keys(playback);
  }

  /** Clear the canvas where its size has changed, or no frame is left. @param {Set<string>} topics */
  #clearCanvas(topics) {
    const canvas = find(this, "canvas", HTMLCanvasElement);
    const { size } = this.#store.project;
    if (topics.has("project") && canvas.width !== size) {
      canvas.width = canvas.height = size;
      this.#drawn = "";
    }
    if (topics.has("frames") && this.#playback.moments.length === 0) {
      drawBitmap(canvas, null);
      this.#drawn = "";
    }
  }

  #show() {
    const { moment, moments, playing, at } = this.#playback;
    const count = this.#store.project.frames.length;
    const number = moment ? moment.index + 1 : 0;
    this.#draw();
    this.classList.toggle("has-picture", Boolean(this.#drawn));
    if (moments.length === 0) showImage(find(this, ".before", HTMLImageElement), this.#store.project.source.url);
    const button = find(this, "[data-play]", HTMLButtonElement);
    button.setAttribute("aria-label", playing ? gettext("Pause") : gettext("Play"));
    button.classList.toggle("is-playing", playing);
    button.disabled = moments.length < 2;
    const scrub = find(this, "[data-scrub]", HTMLInputElement);
    scrub.disabled = moments.length < 2;
    scrub.max = String(Math.max(0, moments.length - 1));
    scrub.value = String(at);
    scrub.setAttribute("aria-valuetext", interpolate(gettext("Frame %(number)s of %(count)s"), { number, count }));
    find(this, "[data-time]", HTMLElement).textContent = `${number} / ${count}`;
  }

  /** Draw the current frame, and those around it where they are shown below it, unless that is what is drawn. */
  #draw() {
    const { moment, onion } = this.#playback;
    const bitmap = moment && this.#bitmaps.get(moment.url);
    if (!bitmap) return;
    const around = onion.map((each) => each && this.#bitmaps.get(each.url));
    const key = [moment.url, this.#bitmaps.version, ...onion.map((each) => each?.url), around.filter(Boolean).length].join();
    if (this.#drawn === key) return;
    const canvas = find(this, "canvas", HTMLCanvasElement);
    drawBitmap(canvas, bitmap);
    around.forEach((each, place) => each && drawBelow(canvas, each, ONION[place] ?? 0));
    this.#drawn = key;
  }

  /** @param {Event} event of the slider */
  #scrubTo(event) {
    const moment = this.#playback.moments[Number(/** @type {HTMLInputElement} */ (event.target).value)];
    if (!moment) return;
    this.#playback.show(moment.index);
    this.#store.select(moment.id);
  }

  /** Play and pause with the space bar, unless the focused element uses it. @param {Playback} playback */
  #keys(playback) {
    document.addEventListener("keydown", (event) => {
      if (event.key !== " " || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(INTERACTIVE)) return;
      event.preventDefault();
      if (playback.moments.length > 1) playback.toggle();
    });
  }
}

customElements.define("frame-player", FramePlayer);
