/** Where the picture comes from: dropped, pasted, chosen, or one of ours. */

import { find, reason } from "../words.js";

const MOST_BYTES = 20_000_000;
const KINDS = /^image\/(png|jpeg|webp|gif|heic|heif)$/;
const HEIC = /\.hei[cf]$/i;

export class PictureDrop extends HTMLElement {
  /** @type {File|null} */
  file = null;
  #shown = "";

  connectedCallback() {
    const input = find(this, "input[type=file]", HTMLInputElement);
    input.addEventListener("change", () => this.#take(input.files?.[0]));
    addEventListener("paste", (event) => {
      const file = event.clipboardData?.files[0];
      if (file) this.#take(file);
    });
    // The whole window takes the drop, so that a near miss does not leave the page for the picture.
    addEventListener("dragover", (event) => {
      event.preventDefault();
      this.classList.add("is-over");
    });
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) this.classList.remove("is-over");
    });
    addEventListener("drop", (event) => {
      event.preventDefault();
      this.classList.remove("is-over");
      this.#take(event.dataTransfer?.files[0]);
    });
    for (const button of this.querySelectorAll("[data-sample]")) {
      button.addEventListener("click", () => this.#sample(/** @type {HTMLElement} */ (button)));
    }
  }

  /** @param {string} words */
  complain(words) {
    find(this, "[data-error]", HTMLElement).textContent = words;
  }

  /** @param {File|undefined} file */
  #take(file) {
    if (!file) return;
    if (!KINDS.test(file.type) && !HEIC.test(file.name)) {
      return this.complain(`${file.name} is not a picture we can read. Use PNG, JPEG, WebP, GIF or HEIC.`);
    }
    if (file.size > MOST_BYTES) {
      return this.complain(`${file.name} has ${(file.size / 1e6).toFixed(0)} MB. Pictures up to 20 MB can be used.`);
    }
    this.complain("");
    this.file = file;
    this.#preview(file);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {File} file */
  #preview(file) {
    URL.revokeObjectURL(this.#shown);
    this.#shown = URL.createObjectURL(file);
    const picture = find(this, "[data-preview]", HTMLImageElement);
    picture.hidden = false;
    picture.onerror = () => (picture.hidden = true); // HEIC: few browsers can show it, we can read it
    picture.src = this.#shown;
    find(this, "[data-name]", HTMLElement).textContent = file.name;
    this.classList.add("has-picture");
  }

  /** @param {HTMLElement} button */
  async #sample(button) {
    const url = button.dataset.sample ?? "";
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
      if (!response.ok) throw new Error("The sample could not be loaded. Try again.");
      const name = `${button.dataset.name ?? "sample"}.jpg`;
      this.#take(new File([await response.blob()], name, { type: "image/jpeg" }));
    } catch (error) {
      this.complain(reason(error));
    }
  }
}

customElements.define("picture-drop", PictureDrop);
