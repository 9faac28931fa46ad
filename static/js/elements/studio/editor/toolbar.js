/** Choose a tool: by its button, its number, or with the arrow keys. */

import { find } from "../../../dom.js";

/**
 * @import { Tool } from "./session.js"
 * @typedef {{root: HTMLElement, surface: HTMLElement, tool: Tool|null}} Place where a tool is chosen and used
 */

export class Toolbar {
  #session;
  #tools;
  /** @type {HTMLButtonElement[]} */
  #buttons;

  /** @param {Place} session @param {Tool[]} tools */
  constructor(session, tools) {
    this.#session = session;
    this.#tools = tools;
    this.#buttons = tools.map(({ name }) => find(session.root, `[data-tool=${name}]`, HTMLButtonElement));
    this.#buttons.forEach((button, at) => button.addEventListener("click", () => this.#choose(at)));
    this.#choose(0);
  }

  /** Choose a tool by its name. @param {string} name */
  choose(name) {
    this.#choose(this.#tools.findIndex((tool) => tool.name === name));
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  onKey({ key, target }) {
    const number = Number(key);
    if (number >= 1 && number <= this.#tools.length) this.#choose(number - 1);
    else if (this.#buttons.includes(/** @type {any} */ (target))) return this.#move(key);
    else return false;
    return true;
  }

  /** @param {string} key @returns {boolean} */
  #move(key) {
    const at = this.#tools.findIndex((tool) => tool === this.#session.tool);
    const count = this.#tools.length;
    /** @type {Record<string, number>} */
    const goals = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: count - 1 };
    const goal = goals[key];
    if (goal === undefined) return false;
    this.#choose((goal + count) % count);
    this.#buttons[(goal + count) % count]?.focus();
    return true;
  }

  /** @param {number} at */
  #choose(at) {
    const tool = this.#tools[at];
    if (!tool || tool === this.#session.tool) return;
    this.#session.tool?.hide?.();
    this.#session.tool = tool;
    this.#session.surface.dataset.tool = tool.name;
    this.#buttons.forEach((button, nth) => {
      button.setAttribute("aria-pressed", String(nth === at));
      button.tabIndex = nth === at ? 0 : -1;
    });
    for (const options of this.#session.root.querySelectorAll("[data-options]")) {
      /** @type {HTMLElement} */ (options).hidden = options.getAttribute("data-options") !== tool.name;
    }
    tool.show?.();
  }
}

/** Show the value of each slider beside it. @param {HTMLElement} root */
export function showValues(root) {
  for (const slider of root.querySelectorAll("label > input[type=range]")) {
    if (!(slider instanceof HTMLInputElement)) continue;
    const place = slider.parentElement?.querySelector("[data-value]");
    const show = () => place && (place.textContent = slider.value.replace("-", "−") + (slider.dataset.unit ?? ""));
    slider.addEventListener("input", show);
    show();
  }
}
