/** Rename an emoji in place, in the list. */

import { editProject } from "../../api.js";
import { errorPlace, find } from "../../dom.js";
import { runAction } from "../../feedback.js";

export class RenameForm {
  #card;
  #form;
  #field;
  #name;

  /** @param {HTMLElement} card with a form, the name and a button that opens the form */
  constructor(card) {
    this.#card = card;
    this.#form = find(card, "form.rename", HTMLFormElement);
    this.#field = find(this.#form, "input", HTMLInputElement);
    this.#name = find(card, "[data-name]", HTMLElement);
    find(card, "[data-rename]", HTMLButtonElement).addEventListener("click", () => this.#open());
    card.addEventListener("keydown", (event) => {
      if (event.key === "F2") this.#open();
      if (event.key === "Escape" && !this.#form.hidden) this.#close();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#field.addEventListener("change", () => this.#form.hidden || this.#send()); // left with Tab or a click
  }

  #open() {
    this.#card.querySelector("details")?.removeAttribute("open");
    this.#field.value = this.#name.textContent ?? "";
    errorPlace(this.#form).textContent = "";
    this.#form.hidden = false;
    this.#field.select();
    this.#field.focus();
  }

  /** Hide the form, and give its focus back; a late answer does not take it from where somebody types by now. */
  #close() {
    const hasFocus = this.#form.contains(document.activeElement);
    this.#form.hidden = true;
    if (hasFocus) this.#card.querySelector("summary")?.focus();
  }

  #send() {
    if (this.#field.readOnly) return;
    const setBusy = (/** @type {boolean} */ busy) => (this.#field.readOnly = busy);
    void runAction(errorPlace(this.#form), setBusy, () => this.#save()).then((isSaved) => {
      if (!isSaved) this.#form.hidden = false; // Escape may have hidden it meanwhile, and why it failed with it
    });
  }

  async #save() {
    const name = this.#field.value.trim();
    if (name && name !== this.#name.textContent) this.#name.textContent = (await editProject(this.#card.dataset.project ?? "", { name })).name;
    this.#close();
  }
}
