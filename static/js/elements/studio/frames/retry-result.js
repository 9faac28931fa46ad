/** Show what a retry made beside what the frame shows, and choose one of them. */

import { errorPlace, find, make, prefersReducedMotion, showImage } from "../../../dom.js";
import { pressedButton } from "../../../focus.js";
import { gettext, interpolate, ngettext } from "../../../i18n.js";
import { chooseCandidate } from "./choose-candidate.js";

/**
 * @import { Candidate, Frame } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

export class RetryResult extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** The candidate that is looked at; what the frame shows is the old one. */
  #shown = "";
  /** The old candidate, and the new ones. @type {Candidate[]} */
  #choices = [];

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    store.subscribe((topics) => {
      if (!topics.has("frames") && !topics.has("selection")) return;
      const isNew = store.selectedFrame?.candidates.some(({ id }) => store.newCandidates.has(id));
      if (!isNew && this.#choices.length) this.clear();
    });
    this.addEventListener("click", (event) => {
      const button = pressedButton(event);
      if (button?.dataset.look) this.#look(button.dataset.look);
      if (button?.matches("[data-use]")) this.#use();
    });
  }

  clear() {
    this.#choices = [];
    find(this, "[data-text]", HTMLElement).textContent = "";
    find(this, "[data-made]", HTMLElement).hidden = true;
  }

  /** @param {Frame} frame @param {Candidate[]} made */
  show(frame, made) {
    const old = frame.candidates.find(({ id }) => id === frame.chosen);
    this.#choices = old ? [old, ...made] : made;
    this.#store.setNewCandidates(made.map(({ id }) => id));
    const text = ngettext("Made %(count)s new version: choose it or keep the old.", "Made %(count)s new versions: choose one or keep the old.", made.length);
    find(this, "[data-text]", HTMLElement).textContent = interpolate(text, { count: made.length });
    const buttons = this.#choices.map(({ id }, at) => make("button", { type: "button", "data-look": id }, nameOf(at, made.length)));
    find(this, "[data-choices]", HTMLElement).replaceChildren(...buttons);
    find(this, "[data-made]", HTMLElement).hidden = false;
    this.#look(made[0]?.id ?? "");
    requestAnimationFrame(() => this.scrollIntoView({ block: "nearest", behavior: prefersReducedMotion() ? "auto" : "smooth" }));
  }

  /** @param {string} id */
  #look(id) {
    this.#shown = id;
    const candidate = this.#choices.find((known) => known.id === id);
    showImage(find(this, "[data-shown]", HTMLImageElement), candidate?.preview_url ?? null);
    for (const button of this.querySelectorAll("[data-look]")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-look") === id));
    }
    const isOld = id === this.#store.selectedFrame?.chosen;
    find(this, "[data-use]", HTMLButtonElement).textContent = isOld ? gettext("Keep the old one") : gettext("Use this one");
  }

  #use() {
    if (this.#shown !== this.#store.selectedFrame?.chosen) void chooseCandidate(this.#store, this.#shown, errorPlace(this));
    else this.#store.setNewCandidates([]);
    find(document, "retry-box [data-words]", HTMLButtonElement).focus({ preventScroll: true }); // this button is gone
  }
}

/** @param {number} at @param {number} made */
function nameOf(at, made) {
  if (at === 0) return gettext("Old");
  return made === 1 ? gettext("New") : interpolate(gettext("New %(number)s"), { number: at });
}

customElements.define("retry-result", RetryResult);
