/**
 * What was done without being asked (a long stay shortened, a margin cut off), in the server's own sentences, and the
 * button that takes a crop back.
 */

import { generate, IdempotencyKey } from "../../api.js";
import { find, make } from "../../dom.js";
import { errorMessage } from "../../feedback.js";

/**
 * @import { GenerateOptions, ProjectDetail } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 */

const WHOLE = "The whole picture is kept, with what is empty round it.";

export class ProjectNotes extends HTMLElement {
  #shown = "";
  #key = new IdempotencyKey();

  /** @param {Store} store */
  attach(store) {
    store.subscribe((topics) => {
      if (topics.has("project")) this.#show(store.project);
    });
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest("button[data-framing]");
      if (button instanceof HTMLButtonElement) this.#frame(store, button);
    });
  }

  /** @param {ProjectDetail} project */
  #show(project) {
    const notes = project.framing === "whole" ? [...project.notes, { code: "whole", text: WHOLE }] : project.notes;
    this.#enable(project);
    if (JSON.stringify(notes) === this.#shown) return;
    this.#shown = JSON.stringify(notes);
    this.hidden = notes.length === 0;
    const lines = notes.map((note) => make("li", {}, note.text, ...undoing(note.code)));
    this.replaceChildren(make("ul", {}, ...lines), make("p", { class: "problem", role: "alert", "data-error": "" }));
    this.#enable(project);
  }

  /** Frames cannot be made anew while they are being made. @param {ProjectDetail} project */
  #enable(project) {
    for (const button of this.querySelectorAll("button")) button.disabled = project.status === "working";
  }

  /** @param {Store} store @param {HTMLButtonElement} button */
  async #frame(store, button) {
    /** @type {GenerateOptions} */
    const options = { framing: button.dataset.framing === "whole" ? "whole" : "crop" };
    const complaint = find(this, "[data-error]", HTMLElement);
    complaint.textContent = "";
    button.disabled = true;
    try {
      store.setJob(await generate(store.project.id, options, this.#key.key(options)));
      this.#key.done();
    } catch (error) {
      complaint.textContent = errorMessage(error);
      button.disabled = false;
    }
  }
}

/** The button beside a note about the crop. @param {string} code @returns {(Node|string)[]} */
function undoing(code) {
  if (code === "cropped") return [" ", choice("whole", "Keep the whole picture")];
  return code === "whole" ? [" ", choice("crop", "Crop it to what it shows")] : [];
}

/** @param {ProjectDetail["framing"]} framing @param {string} words */
function choice(framing, words) {
  return make("button", { type: "button", class: "button small", "data-framing": framing }, words);
}

customElements.define("project-notes", ProjectNotes);
