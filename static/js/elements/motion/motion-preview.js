/** A moving picture that stands still for those who asked for less motion, until they point at it. */

const NEAR = "200px";
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class MotionPreview extends HTMLElement {
  connectedCallback() {
    // What lies in a closed dialog, or far below, is never near: nothing is loaded for it.
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      this.#load();
    }, { rootMargin: NEAR });
    watch.observe(this);
  }

  #load() {
    const picture = new Image();
    picture.alt = "";
    picture.decoding = "async";
    picture.draggable = false;
    picture.src = this.getAttribute("src") ?? "";
    picture.onerror = () => this.classList.add("is-missing");
    if (!STILL.matches) return this.replaceChildren(picture);
    const canvas = document.createElement("canvas");
    picture.onload = () => {
      canvas.width = picture.naturalWidth;
      canvas.height = picture.naturalHeight;
      canvas.getContext("2d")?.drawImage(picture, 0, 0); // of an animation, this is the first frame
    };
    this.replaceChildren(canvas);
    const whole = this.closest("label, button, a") ?? this;
    for (const name of ["pointerenter", "focusin"]) whole.addEventListener(name, () => this.replaceChildren(picture));
    for (const name of ["pointerleave", "focusout"]) whole.addEventListener(name, () => this.replaceChildren(canvas));
  }
}

customElements.define("motion-preview", MotionPreview);
