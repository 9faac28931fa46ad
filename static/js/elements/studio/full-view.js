/** Show an element in the place of the whole studio, and then give the studio back as it was. */

export class FullView {
  #element;
  #scrolled = 0;
  /** @type {Element|null} */
  #opener = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  get isOpen() {
    return !this.#element.hidden;
  }

  open() {
    this.#opener = document.activeElement;
    this.#scrolled = scrollY;
    this.#element.hidden = false;
    document.body.classList.add("is-editing");
  }

  close() {
    this.#element.hidden = true;
    document.body.classList.remove("is-editing");
    scrollTo({ top: this.#scrolled, behavior: "instant" });
    if (this.#opener instanceof HTMLElement) this.#opener.focus({ preventScroll: true });
  }
}
