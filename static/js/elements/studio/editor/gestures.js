/** Tell the pointers on the stage apart: what the tool is given, and what moves the picture. */

/** @import { View } from "./view.js" */

/**
 * @typedef {object} Handlers what a tool does with one pointer
 * @property {(event: PointerEvent) => void} onStart
 * @property {(events: PointerEvent[]) => void} onMove with all places since the last call
 * @property {(event: PointerEvent) => void} onEnd
 * @property {() => void} onCancel the pointer turned out to be the first finger of two
 */

const MIDDLE_BUTTON = 1;
const WHEEL_LINE = 16;
const WHEEL_RATE = 0.0022;

export class Gestures {
  /** While it is true every pointer moves the picture. */
  isPanning = false;
  #view;
  #handlers;
  /** Where the pointers are that are down. @type {Map<number, PointerEvent>} */
  #pointers = new Map();
  /** @type {"none"|"tool"|"pan"} */
  #use = "none";

  /** @param {HTMLElement} surface @param {Pick<View, "pan"|"zoom">} view @param {Handlers} handlers */
  constructor(surface, view, handlers) {
    this.#view = view;
    this.#handlers = handlers;
    surface.addEventListener("pointerdown", (event) => this.#onDown(surface, event));
    surface.addEventListener("pointermove", (event) => this.#onMove(event));
    surface.addEventListener("pointerup", (event) => this.#onUp(event));
    surface.addEventListener("pointercancel", (event) => this.#onCancel(event));
    surface.addEventListener("contextmenu", (event) => event.preventDefault());
    surface.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
  }

  /** Give up what the tool is doing. @returns {boolean} whether it did anything */
  cancel() {
    if (this.#use !== "tool") return false;
    this.#use = "none";
    this.#handlers.onCancel();
    return true;
  }

  /** @param {HTMLElement} surface @param {PointerEvent} event */
  #onDown(surface, event) {
    if (event.target instanceof Element && event.target.closest("button")) return;
    event.preventDefault(); // no selection, no scrolling by the middle button
    surface.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, event);
    if (this.#pointers.size > 1) {
      if (this.#use === "tool") this.#handlers.onCancel();
      this.#use = "pan";
    } else {
      this.#use = this.isPanning || event.button === MIDDLE_BUTTON ? "pan" : "tool";
      if (this.#use === "tool") this.#handlers.onStart(event);
    }
  }

  /** @param {PointerEvent} event */
  #onMove(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    if (this.#use === "tool") {
      const events = event.getCoalescedEvents?.() ?? [];
      this.#handlers.onMove(events.length ? events : [event]);
    } else if (this.#use === "pan") this.#movePicture(before, event);
    this.#pointers.set(event.pointerId, event);
  }

  /** Follow one pointer, or two with the distance between them. @param {PointerEvent} before @param {PointerEvent} now */
  #movePicture(before, now) {
    const other = [...this.#pointers.values()].find((pointer) => pointer.pointerId !== now.pointerId);
    const share = other ? 2 : 1;
    this.#view.pan((now.clientX - before.clientX) / share, (now.clientY - before.clientY) / share);
    if (!other) return;
    const middle = { clientX: (now.clientX + other.clientX) / 2, clientY: (now.clientY + other.clientY) / 2 };
    this.#view.zoom(distance(now, other) / Math.max(1, distance(before, other)), middle);
  }

  /** @param {PointerEvent} event */
  #onUp(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#use === "tool") this.#handlers.onEnd(event);
    if (this.#pointers.size === 0 || this.#use === "tool") this.#use = "none";
  }

  /** @param {PointerEvent} event */
  #onCancel(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#use === "tool") this.#handlers.onCancel();
    if (this.#pointers.size === 0) this.#use = "none";
  }

  /** @param {WheelEvent} event */
  #onWheel(event) {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * WHEEL_LINE;
    // A pinch on a touchpad comes as small turns of the wheel with the control key.
    this.#view.zoom(Math.exp(-pixels * WHEEL_RATE * (event.ctrlKey ? 4 : 1)), event);
  }
}

/** @param {PointerEvent} one @param {PointerEvent} other */
const distance = (one, other) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
