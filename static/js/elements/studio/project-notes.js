/** Show the server's notes on what it did unasked (a long frame shortened, a margin cropped), and undo a crop. */

import { generate, IdempotencyKey } from "../../api.js";
import { errorPlace, make } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { pressedButton } from "../../focus.js";
import { gettext } from "../../i18n.js";

/**
 * @import { ProjectDetail } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 */

/** @typedef {ProjectDetail["framing"]} Framing */

const WHOLE = gettext("The whole picture is kept, with its empty margin.");

export class ProjectNotes extends HTMLElement {
  #shown = "";
  #key = new IdempotencyKey();

  /** @param {Store} store */
  attach(store) {
    store.subscribe((topics) => {
      if (topics.has("project")) this.#show(store.project);
    });
    this.addEventListener("click", (event) => {
      const button = pressedButton(event, "[data-framing]");
      if (button) void this.#reframe(store, button.dataset.framing === "whole" ? "whole" : "crop");
    });
  }

  /** @param {ProjectDetail} project */
  #show(project) {
    const notes = project.framing === "whole" ? [...project.notes, { code: "whole", text: WHOLE }] : project.notes;
    this.#enable(project);
    if (JSON.stringify(notes) === this.#shown) return;
    this.#shown = JSON.stringify(notes);
    this.hidden = notes.length === 0;
    const lines = notes.map((note) => make("li", {}, note.text, ...framingButton(note.code)));
    this.replaceChildren(make("ul", {}, ...lines), make("p", { class: "problem", role: "alert", "data-error": "" }));
    this.#enable(project);
  }

  /** Enable the button unless frames are being made. @param {ProjectDetail} project @param {boolean} [sending] */
  #enable(project, sending = false) {
    for (const button of this.querySelectorAll("button")) button.disabled = sending || project.status === "working";
  }

  /** @param {Store} store @param {Framing} framing */
  #reframe(store, framing) {
    return runAction(errorPlace(this), (busy) => this.#enable(store.project, busy), async () => {
      const send = (/** @type {string} */ key) => generate(store.project.id, { framing }, key);
      store.setJob(await this.#key.use(framing, send));
    });
  }
}

/** Make the button beside a note about the crop. @param {string} code @returns {(Node|string)[]} */
function framingButton(code) {
  if (code === "cropped") return [" ", button("whole", gettext("Keep the whole picture"))];
  return code === "whole" ? [" ", button("crop", gettext("Crop it to what it shows"))] : [];
}

/** @param {Framing} framing @param {string} label */
function button(framing, label) {
  return make("button", { type: "button", class: "button small", "data-framing": framing }, label);
}

customElements.define("project-notes", ProjectNotes);
