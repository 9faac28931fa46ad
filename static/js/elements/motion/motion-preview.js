/** Show a moving picture; with less motion, its first frame until it is hovered or focused. */

import { firstFrame } from "../../bitmaps.js";
import { onceInSight, prefersReducedMotion } from "../../dom.js";

const LOAD_MARGIN = "200px";

export class MotionPreview extends HTMLElement {
  connectedCallback() {
    // A preview in a closed dialog, or far below, is not loaded.
    onceInSight(this, () => this.#load(), LOAD_MARGIN);
  }

  #load() {
    const picture = new Image();
    picture.alt = "";
    picture.decoding = "async";
    picture.draggable = this.draggable;
    picture.src = this.getAttribute("src") ?? "";
    picture.onerror = () => this.classList.add("is-missing");
    if (!prefersReducedMotion()) return this.replaceChildren(picture);
    picture.onload = () => this.#showStill(picture);
  }

  /** @param {HTMLImageElement} picture */
  #showStill(picture) {
    picture.onload = null;
    const canvas = firstFrame(picture);
    this.replaceChildren(canvas);
    const whole = this.closest("label, button, a") ?? this;
    for (const name of ["pointerenter", "focusin"]) whole.addEventListener(name, () => this.replaceChildren(picture));
    for (const name of ["pointerleave", "focusout"]) whole.addEventListener(name, () => this.replaceChildren(canvas));
  }
}

customElements.define("motion-preview", MotionPreview);
