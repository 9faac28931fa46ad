/**
 * Open and close the tools for single frames, and remember which. Their scripts are loaded when they come into sight.
 * On a phone the tools have a tab of their own, and are always open there.
 */

import { find, loadStyles, onceInSight } from "../../dom.js";
import { ON_PHONE } from "./studio-tabs.js";

/** @import { Store } from "../../live/store.js" */

const KEY = "fine-tune";

export class FineTune extends HTMLElement {
  #phone = matchMedia(ON_PHONE);
  /** What the person wants, or null if they have not said. @type {"open"|"closed"|null} */
  #wanted = readKept();

  /** @param {Store} store */
  attach(store) {
    this.#show();
    this.#phone.addEventListener("change", () => this.#show());
    const button = find(this, "[aria-controls]", HTMLButtonElement);
    button.addEventListener("click", () => this.#want(this.#wanted === "open" ? "closed" : "open"));
    this.#loadInSight(store, find(this, "#frame-tools", HTMLElement));
  }

  /** Open the tools, since a frame was chosen; those that the person has closed stay so unless they `must` be seen. @param {boolean} must */
  open(must) {
    if (must || this.#wanted === null) this.#want("open");
  }

  /** @param {"open"|"closed"} wanted */
  #want(wanted) {
    this.#wanted = wanted;
    keep(wanted);
    this.#show();
  }

  #show() {
    const isOpen = this.#wanted === "open" || this.#phone.matches;
    find(this, "[aria-controls]", HTMLButtonElement).setAttribute("aria-expanded", String(isOpen));
    find(this, "#frame-tools", HTMLElement).hidden = !isOpen;
  }

  /** @param {Store} store @param {HTMLElement} tools which nobody can use before */
  #loadInSight(store, tools) {
    onceInSight(tools, async () => {
      const [{ attachFrameTools }] = await Promise.all([import("./frames/frame-tools.js"), loadStyles("frame-tools-styles")]);
      attachFrameTools(store);
      tools.inert = false;
    });
  }
}

/** @returns {"open"|"closed"|null} */
function readKept() {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "open" || kept === "closed" ? kept : null;
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** @param {string} wanted */
function keep(wanted) {
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // As above: the next visit begins without.
  }
}

customElements.define("fine-tune", FineTune);
