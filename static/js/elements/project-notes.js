/** What was done without being asked (a long stay shortened, a margin cut off), in the server's own sentences. */

import { make } from "../words.js";

/**
 * @import { Project } from "../shapes.js"
 * @import { Store } from "../store.js"
 */

export class ProjectNotes extends HTMLElement {
  #shown = "";

  /** @param {Store} store */
  attach(store) {
    store.subscribe((topics) => {
      if (topics.has("project")) this.#show(store.project.notes);
    });
  }

  /** @param {Project["notes"]} notes */
  #show(notes) {
    const texts = notes.map((note) => note.text);
    if (texts.join("\n") === this.#shown) return;
    this.#shown = texts.join("\n");
    this.hidden = texts.length === 0;
    this.replaceChildren(make("ul", {}, ...texts.map((text) => make("li", {}, text))));
  }
}

customElements.define("project-notes", ProjectNotes);
