/** Drag frames to another place in the strip: with a mouse by the whole cell, with a finger or a pen by its handle. */

import { make } from "../../../dom.js";
import { PointerDrag } from "../../pointer-drag.js";

const EDGE_PX = 48;
const SCROLL_PX = 10;

/** @typedef {{ids: (cell: HTMLElement) => Set<string>, onDrop: (ids: Set<string>, to: number) => void}} DragOptions */

export class FrameDrag {
  #list;
  #options;
  #mark = make("span", { class: "drop-mark", "aria-hidden": "true" });
  /** @type {Set<string>} */
  #dragged = new Set();
  /** Where the pointer is, in px from the left of the screen. */
  #x = 0;

  /** @param {HTMLElement} list @param {DragOptions} options `ids` gets what is dragged with a cell */
  constructor(list, options) {
    this.#list = list;
    this.#options = options;
    new PointerDrag(list, {
      itemOf: (target) => target.closest("[role=option]"),
      onBegin: (cell) => this.#begin(cell),
      onMove: ({ x }) => this.#show(x),
      scroll: ({ x }) => this.#scroll(x),
      onEnd: (isDrop) => this.#end(isDrop),
    });
    list.classList.add("can-drag");
  }

  /** @param {HTMLElement} cell */
  #begin(cell) {
    this.#dragged = this.#options.ids(cell);
    for (const other of this.#cells()) other.classList.toggle("is-dragged", this.#dragged.has(other.dataset.frame ?? ""));
    this.#list.append(this.#mark);
  }

  #cells() {
    return /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll("[role=option]")]);
  }

  /** Get the index of the frame before which the dragged ones would stand. */
  #place() {
    const after = this.#cells().findIndex((cell) => {
      const { left, width } = cell.getBoundingClientRect();
      return this.#x < left + width / 2;
    });
    return after < 0 ? this.#cells().length : after;
  }

  /** @param {number} x */
  #show(x) {
    this.#x = x;
    const cells = this.#cells();
    const next = cells[this.#place()];
    const last = cells.at(-1);
    const left = next ? next.offsetLeft : (last?.offsetLeft ?? 0) + (last?.offsetWidth ?? 0);
    this.#mark.style.left = `${left - 6}px`;
  }

  /** Scroll while the pointer is at an end of the strip. @param {number} x */
  #scroll(x) {
    const { left, right } = this.#list.getBoundingClientRect();
    if (x < left + EDGE_PX) this.#list.scrollLeft -= SCROLL_PX;
    else if (x > right - EDGE_PX) this.#list.scrollLeft += SCROLL_PX;
    this.#show(x);
  }

  /** @param {boolean} isDrop */
  #end(isDrop) {
    const to = this.#place();
    this.#mark.remove();
    for (const cell of this.#cells()) cell.classList.remove("is-dragged");
    if (isDrop) this.#options.onDrop(this.#dragged, to);
  }
}
