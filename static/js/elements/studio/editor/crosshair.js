/** Point with the keyboard: a crosshair that the arrow keys move, and that Enter uses as a tap. */

import { find } from "../../../dom.js";

/**
 * @import { Handlers } from "./gestures.js"
 * @import { View } from "./view.js"
 */

const STEP = 12;
const FINE_STEP = 1;
/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Crosshair {
  #surface;
  #view;
  #handlers;
  #mark;
  /** px of the screen, from the stage's corner; null until it is needed first. @type {{x: number, y: number}|null} */
  #at = null;

  /** @param {HTMLElement} surface @param {View} view @param {Handlers} handlers */
  constructor(surface, view, handlers) {
    this.#surface = surface;
    this.#view = view;
    this.#handlers = handlers;
    this.#mark = find(surface, "[data-crosshair]", HTMLElement);
    surface.addEventListener("pointerdown", () => (this.#mark.hidden = true));
    surface.addEventListener("blur", () => (this.#mark.hidden = true));
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it means something here */
  onKey(event) {
    if (event.target !== this.#surface) return false;
    const way = WAYS[event.key];
    if (way) this.#move(way, event.shiftKey ? FINE_STEP : STEP);
    else if (event.key === "Enter") this.#tap(event.altKey);
    else return false;
    return true;
  }

  get #place() {
    const { clientWidth, clientHeight } = this.#surface;
    return (this.#at ??= { x: clientWidth / 2, y: clientHeight / 2 });
  }

  /** @param {[number, number]} way @param {number} step */
  #move([right, down], step) {
    const { clientWidth, clientHeight } = this.#surface;
    const { x, y } = this.#place;
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(Math.max(value, 0), most - 1);
    this.#at = { x: within(x + right * step, clientWidth), y: within(y + down * step, clientHeight) };
    this.#mark.hidden = false;
    this.#mark.style.transform = `translate(${this.#at.x}px, ${this.#at.y}px) translate(-50%, -50%)`;
  }

  /** @param {boolean} altKey */
  #tap(altKey) {
    this.#move([0, 0], 0);
    const { left, top } = this.#surface.getBoundingClientRect();
    const at = { clientX: left + this.#place.x, clientY: top + this.#place.y, altKey };
    if (!this.#view.pixelAt(at)) return;
    const event = new PointerEvent("pointerdown", at);
    this.#handlers.onStart(event);
    this.#handlers.onEnd(event);
  }
}
