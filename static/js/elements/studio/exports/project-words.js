/** Edit what an emoji is called for people who cannot see it, and its tags. */

import { editProject } from "../../../api.js";
import { errorPlace, find } from "../../../dom.js";
import { runAction } from "../../../feedback.js";
import { gettext } from "../../../i18n.js";

/** @import { Store } from "../../../live/store.js" */

export class ProjectWords extends HTMLElement {
  /** Show and save the words of the store's project. The fields are disabled until then: what is typed would be lost. @param {Store} store */
  attach(store) {
    store.subscribe((topics) => topics.has("project") && this.#show(store));
    this.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement) void this.#save(store, event.target);
    });
    this.addEventListener("keydown", (event) => {
      if (event.target instanceof HTMLInputElement && event.key === "Enter") event.target.blur();
    });
    for (const field of this.querySelectorAll("input")) field.disabled = false;
  }

  /** Show the words as they are, but not over what is being typed. @param {Store} store */
  #show({ project }) {
    const texts = { alt_text: project.alt_text, tags: project.tags.join(", ") };
    for (const [name, text] of Object.entries(texts)) {
      const field = find(this, `[name=${name}]`, HTMLInputElement);
      if (document.activeElement !== field) field.value = text;
    }
  }

  /** @param {Store} store @param {HTMLInputElement} field */
  async #save(store, { name, value }) {
    const said = find(this, "[data-said]", HTMLElement);
    said.textContent = "";
    await runAction(errorPlace(this), () => {}, async () => {
      const changes = name === "tags" ? { tags: value.split(",").map((tag) => tag.trim()).filter(Boolean) } : { alt_text: value };
      store.setProject(await editProject(store.project.id, changes));
      said.textContent = gettext("Saved.");
    });
  }
}

customElements.define("project-words", ProjectWords);
