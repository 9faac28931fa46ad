/** The tools that need no place in the picture: the key of a white ground, and the edge. */

import { find } from "../../../../dom.js";
import { gettext, interpolate } from "../../../../i18n.js";

/** @import { EditorSession } from "../session.js" */

/** Key plain white anew. */
export class White {
  name = "white";
  #session;

  /** @param {EditorSession} session @param {HTMLElement} options */
  constructor(session, options) {
    this.#session = session;
    const slider = find(options, "[name=tolerance]", HTMLInputElement);
    slider.addEventListener("change", () => this.#key(Number(slider.value)));
    find(options, "[data-auto]", HTMLButtonElement).addEventListener("click", () => this.#key(null));
  }

  show() {
    this.#session.showGhost(false);
  }

  /** @param {number|null} tolerance null takes it from the picture */
  #key(tolerance) {
    this.#session.add({
      doing: gettext("Taking the white away…"),
      done: tolerance === null
        ? gettext("Plain white is taken away, as far as the picture’s border shows it.")
        : interpolate(gettext("Plain white is taken away, with a tolerance of %(tolerance)s."), { tolerance }),
      kind: this.name,
      run: () => this.#session.refine({ tool: "white", tolerance }),
    });
  }
}

/** Move and soften the edge. */
export class Edge {
  name = "edge";
  #session;
  #options;

  /** @param {EditorSession} session @param {HTMLElement} options */
  constructor(session, options) {
    this.#session = session;
    this.#options = options;
    const preview = find(options, "[name=one-bit]", HTMLInputElement);
    preview.addEventListener("change", () => session.sheet.element.classList.toggle("one-bit", preview.checked));
    find(options, "[data-apply]", HTMLButtonElement).addEventListener("click", () => this.#apply());
  }

  show() {
    this.#session.showGhost(false);
  }

  #apply() {
    const input = (/** @type {string} */ name) => find(this.#options, `[name=${name}]`, HTMLInputElement);
    const [shift, feather] = [Number(input("shift").value), Number(input("feather").value)];
    const decontaminate = input("decontaminate").checked;
    this.#session.add({
      doing: gettext("Changing the edge…"),
      done: gettext("The edge is changed. The same again changes it further."),
      run: () => this.#session.refine({ tool: "edge", shift, feather, decontaminate }),
    });
  }
}
