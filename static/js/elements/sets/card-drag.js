/** Drag cards of a grid to another place: with a mouse by the whole picture, with a finger or a pen by the handle. */

import { PointerDrag } from "../pointer-drag.js";

const EDGE_PX = 60;
const SCROLL_PX = 12;

/**
 * @import { Point } from "../pointer-drag.js"
 * @typedef {{onMove: (id: string, to: number) => void, onDrop: () => void, onCancel: () => void}} DragOptions
 */

export class CardDrag {
  #grid;
  #options;
  /** @type {HTMLElement|null} */
  #dragged = null;

  /** @param {HTMLElement} grid of `li[data-id]` @param {DragOptions} options `onMove` is called with the place over which a card is */
  constructor(grid, options) {
    this.#grid = grid;
    this.#options = options;
    new PointerDrag(grid, {
      itemOf: (target) => (target.closest(".picture, .handle") ? target.closest("li") : null),
      onBegin: (item) => this.#begin(item),
      onMove: (at) => this.#place(at),
      scroll: ({ y }) => this.#scroll(y),
      onEnd: (isDrop) => this.#end(isDrop),
    });
  }

  /** @param {HTMLElement} item */
  #begin(item) {
    this.#dragged = item;
    item.classList.add("is-dragged");
  }

  /** Move the dragged card to the place of the card under the pointer. @param {Point} at */
  #place({ x, y }) {
    const items = [...this.#grid.children];
    const to = items.findIndex((item) => {
      const { left, right, top, bottom } = item.getBoundingClientRect();
      return x >= left && x < right && y >= top && y < bottom;
    });
    if (to >= 0 && this.#dragged && items[to] !== this.#dragged) this.#options.onMove(this.#dragged.dataset.id ?? "", to);
  }

  /** Scroll while the pointer is at the top or the bottom of the screen. @param {number} y */
  #scroll(y) {
    if (y < EDGE_PX) scrollBy(0, -SCROLL_PX);
    else if (y > innerHeight - EDGE_PX) scrollBy(0, SCROLL_PX);
  }

  /** @param {boolean} isDrop */
  #end(isDrop) {
    this.#dragged?.classList.remove("is-dragged");
    this.#dragged = null;
    if (isDrop) this.#options.onDrop();
    else this.#options.onCancel();
  }
}
