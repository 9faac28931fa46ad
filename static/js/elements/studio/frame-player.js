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
  /** @param {Store} store @param {Playback} playback @param {BitmapCache} bitmaps */
  attach(store, playback, bitmaps) {
    const canvas = find(this, "canvas", HTMLCanvasElement);
    const button = find(this, "[data-play]", HTMLButtonElement);
    const scrub = find(this, "[data-scrub]", HTMLInputElement);
    const time = find(this, "[data-time]", HTMLElement);
    const before = find(this, ".before", HTMLImageElement);
    let shown = "";

    const paint = () => {
      const moment = playback.moment;
      const bitmap = moment && bitmaps.get(moment.url);
      if (bitmap) {
        const around = playback.onion.map((each) => each && bitmaps.get(each.url));
        const key = [moment.url, bitmaps.version, ...playback.onion.map((each) => each?.url), around.filter(Boolean).length].join();
        if (shown !== key) drawBitmap(canvas, bitmap);
        if (shown !== key) around.forEach((each, at) => each && drawBelow(canvas, each, ONION[at] ?? 0));
        shown = key;
      }
      this.classList.toggle("has-picture", Boolean(shown));
      if (playback.moments.length === 0) showImage(before, store.project.source.url);
      button.setAttribute("aria-label", playback.playing ? gettext("Pause") : gettext("Play"));
      button.classList.toggle("is-playing", playback.playing);
      button.disabled = playback.moments.length < 2;
      scrub.disabled = playback.moments.length < 2;
      scrub.max = String(Math.max(0, playback.moments.length - 1));
      scrub.value = String(playback.at);
      const number = moment ? moment.index + 1 : 0;
      scrub.setAttribute("aria-valuetext", interpolate(gettext("Frame %(number)s of %(count)s"), { number, count: store.project.frames.length }));
      time.textContent = `${number} / ${store.project.frames.length}`;
    };

    playback.subscribe(paint);
    store.subscribe((topics) => {
      if (topics.has("project") && canvas.width !== store.project.size) {
        canvas.width = canvas.height = store.project.size;
        shown = "";
      }
      if (topics.has("frames") && playback.moments.length === 0) {
        drawBitmap(canvas, null);
        shown = "";
      }
      paint();
    });

    button.addEventListener("click", () => playback.toggle());
    scrub.addEventListener("input", () => {
      const moment = playback.moments[Number(scrub.value)];
      if (!moment) return;
      playback.show(moment.index);
      store.select(moment.id);
    });
    find(this, "[data-speed]", HTMLSelectElement).addEventListener("change", (event) => {
      playback.speed = Number(/** @type {HTMLSelectElement} */ (event.target).value);
    });
    chooseBackdrops(this, find(this, ".stage", HTMLElement));
    this.#keys(playback);
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
