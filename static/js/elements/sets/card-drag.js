/** Drag cards of a grid to another place: with a mouse by the whole picture, with a finger or a pen by the handle. */

const SLACK_PX = 6;
const EDGE_PX = 60;
const SCROLL_PX = 12;

/** @typedef {{onMove: (id: string, to: number) => void, onDrop: () => void, onCancel: () => void}} DragOptions */

export class CardDrag {
  #grid;
  #options;
  /** @type {{x: number, y: number, item: HTMLElement, pointer: number}|null} */
  #pressed = null;
  /** @type {HTMLElement|null} */
  #dragged = null;
  #hasDragged = false;
  #at = { x: 0, y: 0 };

  /** @param {HTMLElement} grid of `li[data-id]` @param {DragOptions} options `onMove` is called with the place over which a card is */
  constructor(grid, options) {
    this.#grid = grid;
    this.#options = options;
    grid.addEventListener("pointerdown", (event) => this.#press(event));
    grid.addEventListener("pointermove", (event) => this.#move(event));
    grid.addEventListener("pointerup", () => this.#end(options.onDrop));
    grid.addEventListener("pointercancel", () => this.#end(options.onCancel));
    grid.addEventListener("dragstart", (event) => event.preventDefault());
    grid.addEventListener("click", (event) => this.#swallow(event), { capture: true });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#dragged && this.#end(options.onCancel));
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const target = event.target instanceof Element ? event.target : null;
    const item = target?.closest("li");
    this.#hasDragged = false;
    if (!(item instanceof HTMLElement) || event.button !== 0 || !target?.closest(event.pointerType === "mouse" ? ".picture, .handle" : ".handle")) return;
    this.#pressed = { x: event.clientX, y: event.clientY, item, pointer: event.pointerId };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const pressed = this.#pressed;
    if (!pressed || event.pointerId !== pressed.pointer) return;
    this.#at = { x: event.clientX, y: event.clientY };
    if (!this.#dragged) {
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < SLACK_PX) return;
      this.#dragged = pressed.item;
      this.#hasDragged = true;
      this.#grid.setPointerCapture(pressed.pointer);
      pressed.item.classList.add("is-dragged");
      this.#scroll();
    }
    this.#place();
  }

  /** Move the dragged card to the place of the card under the pointer. */
  #place() {
    const items = [...this.#grid.children];
    const to = items.findIndex((item) => {
      const { left, right, top, bottom } = item.getBoundingClientRect();
      return this.#at.x >= left && this.#at.x < right && this.#at.y >= top && this.#at.y < bottom;
    });
    if (to >= 0 && this.#dragged && items[to] !== this.#dragged) this.#options.onMove(this.#dragged.dataset.id ?? "", to);
  }

  /** Scroll while the pointer is at the top or the bottom of the screen. */
  #scroll() {
    if (!this.#dragged) return;
    if (this.#at.y < EDGE_PX) scrollBy(0, -SCROLL_PX);
    else if (this.#at.y > innerHeight - EDGE_PX) scrollBy(0, SCROLL_PX);
    requestAnimationFrame(() => this.#scroll());
  }

  /** @param {() => void} then */
  #end(then) {
    const dragged = this.#dragged;
    this.#pressed = this.#dragged = null;
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    then();
  }

  /** Let the release of a dragged card not count as a click. @param {MouseEvent} event */
  #swallow(event) {
    if (this.#hasDragged) event.preventDefault();
    if (this.#hasDragged) event.stopPropagation();
    this.#hasDragged = false;
  }
}
