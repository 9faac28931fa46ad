/** On a phone, show one part of the studio at a time below the player. On larger screens all parts are shown. */

import { find } from "../../dom.js";

export const ON_PHONE = "(max-width: 860px)";

export class StudioTabs extends HTMLElement {
  #phone = matchMedia(ON_PHONE);
  #tabs = [...this.querySelectorAll("[role=tab]")].filter((tab) => tab instanceof HTMLElement);
  #shown = "loops";
  #isChosen = false;

  connectedCallback() {
    this.#show();
    this.#phone.addEventListener("change", () => this.#show());
    this.addEventListener("click", (event) => {
      const tab = this.#tabs.find((known) => known === event.target);
      if (tab) this.open(tab.dataset.tab ?? "");
    });
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {string} name */
  open(name) {
    [this.#shown, this.#isChosen] = [name, true];
    this.#show();
    const studio = this.closest(".studio");
    // The player then stands at the top, and what the tab shows is in sight below it.
    if (this.#phone.matches && studio) studio.scrollIntoView({ block: "start" });
  }

  /** Show this one, unless a person has opened one already. @param {string} name */
  suggest(name) {
    if (this.#isChosen) return;
    this.#shown = name;
    this.#show();
  }

  #show() {
    for (const tab of this.#tabs) {
      const isShown = tab.dataset.tab === this.#shown;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
    }
    for (const panel of document.querySelectorAll("[data-panel]")) {
      const isShown = !this.#phone.matches || panel.getAttribute("data-panel") === this.#shown;
      panel.classList.toggle("other-tab", !isShown);
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const at = this.#tabs.findIndex((tab) => tab === document.activeElement);
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: this.#tabs.length - 1 };
    const to = steps[event.key];
    const tab = to === undefined || at < 0 ? null : this.#tabs[(to + this.#tabs.length) % this.#tabs.length];
    if (!tab) return;
    event.preventDefault();
    this.open(tab.dataset.tab ?? "");
    find(this, `[data-tab="${tab.dataset.tab}"]`, HTMLElement).focus();
  }
}

customElements.define("studio-tabs", StudioTabs);
