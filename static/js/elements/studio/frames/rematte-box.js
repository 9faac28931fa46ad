/** Cut the selected frame or all frames out again with another engine; each result is a new candidate. */

import { IdempotencyKey, refine } from "../../../api.js";
import { errorPlace, find, make } from "../../../dom.js";
import { engineName, mattingEngines, unavailableReasons } from "../../../engines.js";
import { runAction } from "../../../feedback.js";
import { pressedButton, setBusy } from "../../../focus.js";
import { chosenCandidate, isFinal, isPending } from "../../../live/statuses.js";

/**
 * @import { Engine, EngineSlug, Frame, RefineRequest } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

export class RematteBox extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** The last answer of the API. @type {Engine[]} */
  #engines = [];
  #key = new IdempotencyKey();
  #sending = false;
  #frame = "";
  #busy = false;

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    store.subscribe(() => this.#show());
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => void this.#refresh());
    this.addEventListener("click", (event) => {
      const button = pressedButton(event, "[data-engine]");
      if (button) void this.#rematte(/** @type {EngineSlug} */ (button.dataset.engine));
    });
    void this.#refresh();
  }

  async #refresh() {
    try {
      this.#engines = await mattingEngines();
    } catch {
      return; // the last answer stays; the next request shows what is wrong
    }
    const reasons = unavailableReasons(this.#engines).map((reason) => make("li", {}, reason));
    find(this, "[data-reasons]", HTMLUListElement).replaceChildren(...reasons);
    this.#show();
  }

  #show() {
    const frame = this.#store.selectedFrame;
    if (!frame) return;
    const busy = isPending(frame) || this.#store.project.status === "working";
    if (this.#busy && !busy) void this.#refresh(); // a worker has just run: it may have reported more engines
    this.#busy = busy;
    for (const button of this.querySelectorAll("[data-engine]")) {
      const engine = this.#engines.find((row) => row.slug === button.getAttribute("data-engine"));
      if (!(button instanceof HTMLButtonElement)) continue;
      const isWaiting = busy || this.#sending;
      button.disabled = !isWaiting && !(engine?.available && parentOf(frame));
      setBusy(button, isWaiting);
    }
    find(this, "[data-title]", HTMLElement).textContent = busy ? "Being made…" : "Cut out again with";
    if (this.#frame !== frame.id) errorPlace(this).textContent = "";
    this.#frame = frame.id;
  }

  /** @param {EngineSlug} engine */
  async #rematte(engine) {
    const store = this.#store;
    const frame = store.selectedFrame;
    const parent = frame && parentOf(frame);
    if (!frame || !parent || this.#sending) return;
    const all = find(this, "[name=all]", HTMLInputElement);
    /** @type {RefineRequest} */
    const body = { candidate: parent.id, tool: "matte", engine, apply_to: all.checked ? "all" : "frame" };
    await runAction(errorPlace(this), (busy) => this.#setSending(busy), async () => {
      store.setJob(await this.#key.use(body, (key) => refine(store.project.id, frame.index, body, key)));
      all.checked = false;
      const announcement = `Frame ${frame.index + 1} is cut out again with ${engineName(engine ?? "")}.`;
      find(this, "[data-live]", HTMLElement).textContent = announcement;
    });
  }

  /** @param {boolean} sending */
  #setSending(sending) {
    this.#sending = sending;
    this.#show();
  }
}

/** Get the candidate to cut out again: the chosen one, or else the last that failed. @param {Frame} frame */
function parentOf(frame) {
  const chosen = chosenCandidate(frame);
  return chosen ?? frame.candidates.filter(isFinal).at(-1) ?? null;
}

customElements.define("rematte-box", RematteBox);
