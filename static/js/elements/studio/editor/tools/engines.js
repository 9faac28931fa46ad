/** Cut out anew with another engine: those that can run are offered, of the others it is said why not. */

import { find, make } from "../../../../dom.js";
import { engineName, mattingEngines, unavailableReasons } from "../../../../engines.js";
import { gettext, interpolate } from "../../../../i18n.js";

/**
 * @import { EngineSlug } from "../../../../schema.js"
 * @import { EditorSession } from "../session.js"
 */

export class Engines {
  name = "matte";
  #session;
  #options;

  /** @param {EditorSession} session @param {HTMLElement} options */
  constructor(session, options) {
    this.#session = session;
    this.#options = options;
    for (const button of options.querySelectorAll("[data-engine]")) {
      button.addEventListener("click", () => this.#use(/** @type {EngineSlug} */ (button.getAttribute("data-engine"))));
    }
  }

  show() {
    this.#session.showGhost(false);
    void this.#refresh();
  }

  async #refresh() {
    const engines = await mattingEngines().catch(() => null);
    if (!engines) return; // all stay; the next request says what is wrong
    for (const button of this.#options.querySelectorAll("[data-engine]")) {
      const engine = engines.find((row) => row.slug === button.getAttribute("data-engine"));
      /** @type {HTMLElement} */ (button).hidden = !engine?.available;
    }
    const reasons = unavailableReasons(engines).map((reason) => make("li", {}, reason));
    find(this.#options, "[data-reasons]", HTMLUListElement).replaceChildren(...reasons);
    find(this.#options, "details", HTMLDetailsElement).hidden = reasons.length === 0;
  }

  /** @param {EngineSlug} engine */
  #use(engine) {
    const name = engineName(engine ?? "");
    this.#session.add({
      doing: interpolate(gettext("Cutting out again with: %(engine)s…"), { engine: name }),
      done: interpolate(gettext("Cut out again with: %(engine)s."), { engine: name }),
      run: () => this.#session.refine({ tool: "matte", engine }),
    });
  }
}
