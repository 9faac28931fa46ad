/** Tell a drag of an item in a list from a click: with a mouse by a part of the item, with a finger or a pen by its handle. */

const SLACK_PX = 6;

/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {object} DragSteps
 * @property {(target: Element) => HTMLElement|null} itemOf gets the item that a mouse drags where it is pressed on the target
 * @property {(item: HTMLElement) => void} onBegin
 * @property {(at: Point) => void} onMove called with the place of the pointer on the screen
 * @property {(at: Point) => void} scroll called for each frame of the screen while something is dragged
 * @property {(isDrop: boolean) => void} onEnd called once for each drag; it is no drop where the drag was cancelled
 */

export class PointerDrag {
  #list;
  #steps;
  /** @type {{at: Point, item: HTMLElement, pointer: number}|null} */
  #pressed = null;
  #isDragging = false;
  #hasDragged = false;
  /** @type {Point} */
  #at = { x: 0, y: 0 };

  /** @param {HTMLElement} list @param {DragSteps} steps */
  constructor(list, steps) {
    this.#list = list;
    this.#steps = steps;
    list.addEventListener("pointerdown", (event) => this.#press(event));
    list.addEventListener("pointermove", (event) => this.#move(event));
    list.addEventListener("pointerup", () => this.#end(true));
    list.addEventListener("pointercancel", () => this.#end(false));
    list.addEventListener("dragstart", (event) => event.preventDefault());
    list.addEventListener("click", (event) => this.#ignoreRelease(event), { capture: true });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#isDragging) return;
      event.preventDefault();
      this.#end(false);
    });
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const target = event.target instanceof Element ? event.target : null;
    this.#hasDragged = false;
    if (!target || event.button !== 0) return;
    const item = this.#steps.itemOf(target);
    if (!item || (event.pointerType !== "mouse" && !target.closest(".handle"))) return;
    this.#pressed = { at: { x: event.clientX, y: event.clientY }, item, pointer: event.pointerId };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const pressed = this.#pressed;
    if (!pressed || event.pointerId !== pressed.pointer) return;
    this.#at = { x: event.clientX, y: event.clientY };
    if (!this.#isDragging) {
      if (Math.hypot(this.#at.x - pressed.at.x, this.#at.y - pressed.at.y) < SLACK_PX) return;
      this.#isDragging = this.#hasDragged = true;
      this.#list.setPointerCapture(pressed.pointer);
      this.#steps.onBegin(pressed.item);
      this.#scroll();
    }
    this.#steps.onMove(this.#at);
  }

  #scroll() {
    if (!this.#isDragging) return;
    this.#steps.scroll(this.#at);
    requestAnimationFrame(() => this.#scroll());
  }

  /** @param {boolean} isDrop */
  #end(isDrop) {
    const wasDragging = this.#isDragging;
    this.#pressed = null;
    this.#isDragging = false;
    if (wasDragging) this.#steps.onEnd(isDrop);
  }

  /** Let the release of a dragged item not count as a click. @param {MouseEvent} event */
  #ignoreRelease(event) {
    if (this.#hasDragged) event.preventDefault();
    if (this.#hasDragged) event.stopPropagation();
    this.#hasDragged = false;
  }
}
