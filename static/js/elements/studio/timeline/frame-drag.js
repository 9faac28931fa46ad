/** Drag frames to another place in the strip: with a mouse by the whole cell, with a finger or a pen by its handle. */

import { make } from "../../../dom.js";

const SLACK_PX = 6;
const EDGE_PX = 48;
const SCROLL_PX = 10;

/** @typedef {{ids: (cell: HTMLElement) => Set<string>, onDrop: (ids: Set<string>, to: number) => void}} DragOptions */

export class FrameDrag {
  #list;
  #options;
  #mark = make("span", { class: "drop-mark", "aria-hidden": "true" });
  /** @type {{x: number, cell: HTMLElement, pointer: number}|null} */
  #pressed = null;
  /** @type {Set<string>|null} */
  #dragged = null;
  #hasDragged = false;
  #x = 0;

  /** @param {HTMLElement} list @param {DragOptions} options `ids` gets what is dragged with a cell */
  constructor(list, options) {
    this.#list = list;
    this.#options = options;
    list.addEventListener("pointerdown", (event) => this.#press(event));
    list.addEventListener("pointermove", (event) => this.#move(event));
    list.addEventListener("pointerup", () => this.#end(true));
    list.addEventListener("pointercancel", () => this.#end(false));
    list.addEventListener("click", (event) => this.#swallow(event), { capture: true });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#dragged) return;
      event.preventDefault();
      this.#end(false);
    });
    list.classList.add("can-drag");
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const target = event.target instanceof Element ? event.target : null;
    const cell = target?.closest("[role=option]");
    this.#hasDragged = false;
    if (!(cell instanceof HTMLElement) || event.button !== 0) return;
    if (event.pointerType !== "mouse" && !target?.closest(".handle")) return;
    this.#pressed = { x: event.clientX, cell, pointer: event.pointerId };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#pressed || event.pointerId !== this.#pressed.pointer) return;
    this.#x = event.clientX;
    if (!this.#dragged) {
      if (Math.abs(event.clientX - this.#pressed.x) < SLACK_PX) return;
      this.#begin(this.#pressed.cell, this.#pressed.pointer);
    }
    this.#show();
  }

  /** @param {HTMLElement} cell @param {number} pointer */
  #begin(cell, pointer) {
    this.#dragged = this.#options.ids(cell);
    this.#hasDragged = true;
    this.#list.setPointerCapture(pointer);
    for (const other of this.#cells()) other.classList.toggle("is-dragged", this.#dragged.has(other.dataset.frame ?? ""));
    this.#list.append(this.#mark);
    this.#scroll();
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

  #show() {
    const cells = this.#cells();
    const to = this.#place();
    const next = cells[to];
    const last = cells.at(-1);
    const left = next ? next.offsetLeft : (last?.offsetLeft ?? 0) + (last?.offsetWidth ?? 0);
    this.#mark.style.left = `${left - 6}px`;
  }

  /** Scroll while the pointer is at an end of the strip. */
  #scroll() {
    if (!this.#dragged) return;
    const { left, right } = this.#list.getBoundingClientRect();
    if (this.#x < left + EDGE_PX) this.#list.scrollLeft -= SCROLL_PX;
    else if (this.#x > right - EDGE_PX) this.#list.scrollLeft += SCROLL_PX;
    this.#show();
    requestAnimationFrame(() => this.#scroll());
  }

  /** @param {boolean} isDrop */
  #end(isDrop) {
    const ids = this.#dragged;
    const to = ids && this.#place();
    this.#pressed = this.#dragged = null;
    this.#mark.remove();
    for (const cell of this.#cells()) cell.classList.remove("is-dragged");
    if (isDrop && ids && to !== null) this.#options.onDrop(ids, to);
  }

  /** Let the release of a dragged frame not count as a click. @param {MouseEvent} event */
  #swallow(event) {
    if (this.#hasDragged) event.stopPropagation();
    this.#hasDragged = false;
  }
}
