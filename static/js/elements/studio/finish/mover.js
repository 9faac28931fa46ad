/** Move, enlarge and mirror the loop on its canvas: by dragging and pinching, by the wheel, and by keys. */

/**
 * @import { Finish } from "../../../schema.js"
 * @import { Draft } from "./draft.js"
 * @typedef {Finish["placement"]} Placement
 */

/** So near to the middle, as a share of the canvas, a dragged loop snaps to it. */
const SNAP = 0.015;
const STEP = 0.01;
const LONG_STEP = 0.05;
const ZOOM_STEP = 1.1;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Mover {
  #draft;
  #sizeOf;
  #least;
  #most;
  /** Where the pointer has brought the loop; what it snaps to is beside it. @type {Pick<Placement, "x"|"y"|"ground">} */
  #at = { x: 0, y: 0, ground: null };

  /** @param {Draft} draft @param {() => {width: number, height: number}} sizeOf the canvas on the screen @param {HTMLInputElement} zoom its slider, which knows the bounds */
  constructor(draft, sizeOf, zoom) {
    this.#draft = draft;
    this.#sizeOf = sizeOf;
    this.#least = Number(zoom.min);
    this.#most = Number(zoom.max);
  }

  /** A pointer is put down. */
  start() {
    const { x, y, ground } = this.#draft.finish.placement;
    this.#at = { x, y, ground };
  }

  /** Follow a pointer. @param {number} dx px of the screen @param {number} dy */
  pan(dx, dy) {
    const { width, height } = this.#sizeOf();
    const { x, y, ground } = this.#at;
    this.#at = ground === null ? { x: x + dx / width, y: y + dy / height, ground } : { x: x + dx / width, y, ground: ground + dy / height };
    this.#move(snap(this.#at.x), snap(this.#at.y), this.#at.ground);
  }

  /** @param {number} factor */
  zoom(factor) {
    const { placement } = this.#draft.finish;
    this.#draft.change({ placement: { ...placement, zoom: bound(placement.zoom * factor, this.#least, this.#most) } });
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  onKey({ key, shiftKey, target }) {
    if (target instanceof HTMLInputElement && ARROWS[key]) return false; // sliders and choices have arrow keys, too
    const arrow = ARROWS[key];
    if (arrow) this.#nudge(arrow, shiftKey ? LONG_STEP : STEP);
    else if (key === "+" || key === "=") this.zoom(ZOOM_STEP);
    else if (key === "-") this.zoom(1 / ZOOM_STEP);
    else if (key.toLowerCase() === "m") this.#mirror();
    else return false;
    return true;
  }

  /** @param {[number, number]} arrow @param {number} step */
  #nudge([across, down], step) {
    const { x, y, ground } = this.#draft.finish.placement;
    const next = (/** @type {number} */ value, /** @type {number} */ way) => Math.round((value + way * step) * 1000) / 1000;
    if (ground === null) this.#move(next(x, across), next(y, down), null);
    else this.#move(next(x, across), y, next(ground, down));
  }

  #mirror() {
    const { placement } = this.#draft.finish;
    this.#draft.change({ placement: { ...placement, flip: !placement.flip } });
  }

  /** @param {number} x @param {number} y @param {number|null} ground */
  #move(x, y, ground) {
    const { placement } = this.#draft.finish;
    const place = { x: bound(x, -1, 1), y: bound(y, -1, 1), ground: ground === null ? null : bound(ground, 0, 1) };
    this.#draft.change({ placement: { ...placement, ...place } });
  }
}

/** @param {number} value */
const snap = (value) => (Math.abs(value) < SNAP ? 0 : value);

/** @param {number} value @param {number} least @param {number} most */
const bound = (value, least, most) => Math.min(Math.max(value, least), most);
