/** The selected frame, or all of them, cut out again by another engine: always a new candidate. */

import { IdempotencyKey, refine } from "../../api.js";
import { engineName, mattingEngines, whyNot } from "../../engines.js";
import { isAble, setBusy } from "../../focus.js";
import { find, make } from "../../dom.js";
import { errorMessage } from "../../feedback.js";

/**
 * @import { Engine, EngineSlug, Frame, RefineRequest } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 */

const SETTLED = ["ready", "failed"];

export class RematteBox extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** @type {Engine[]} as they were last heard of */
  #engines = [];
  #key = new IdempotencyKey();
  #sending = false;
  #frame = "";
  #busy = false;

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    store.subscribe(() => this.#show());
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => void this.#ask());
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-engine]") : null;
      if (button instanceof HTMLButtonElement && isAble(button)) void this.#rematte(button.dataset.engine ?? "");
    });
    void this.#ask();
  }

  async #ask() {
    try {
      this.#engines = await mattingEngines();
    } catch {
      return; // what was known stays; the request itself says what is wrong
    }
    const reasons = whyNot(this.#engines).map((why) => make("li", {}, why));
    find(this, "[data-reasons]", HTMLUListElement).replaceChildren(...reasons);
    this.#show();
  }

  #show() {
    const frame = this.#store.selectedFrame;
    if (!frame) return;
    const busy = frame.status === "working" || frame.status === "pending" || this.#store.project.status === "working";
    if (this.#busy && !busy) void this.#ask(); // a worker has just been awake: it may have said more
    this.#busy = busy;
    for (const button of this.querySelectorAll("[data-engine]")) {
      const engine = this.#engines.find((one) => one.slug === button.getAttribute("data-engine"));
      const able = engine?.available ?? false;
      if (!(button instanceof HTMLButtonElement)) continue;
      const waits = busy || this.#sending;
      button.disabled = !waits && (!able || !parentOf(frame));
      setBusy(button, waits);
    }
    find(this, "[data-title]", HTMLElement).textContent = busy ? "Being made…" : "Cut out again with";
    if (this.#frame !== frame.id) find(this, "[data-error]", HTMLElement).textContent = "";
    this.#frame = frame.id;
  }

  /** @param {string} engine its slug */
  async #rematte(engine) {
    const store = this.#store;
    const frame = store.selectedFrame;
    const parent = frame && parentOf(frame);
    if (!frame || !parent || this.#sending) return;
    const all = find(this, "[name=all]", HTMLInputElement);
    const complaint = find(this, "[data-error]", HTMLElement);
    /** @type {RefineRequest} */
    const body = { candidate: parent.id, tool: "matte", engine: /** @type {EngineSlug} */ (engine), apply_to: all.checked ? "all" : "frame" };
    complaint.textContent = "";
    this.#sending = true;
    this.#show();
    try {
      store.setJob(await refine(store.project.id, frame.index, body, this.#key.key(body)));
      this.#key.done();
      store.play("chosen");
      all.checked = false;
      find(this, "[data-live]", HTMLElement).textContent = `Frame ${frame.index + 1} is cut out again with ${engineName(engine)}.`;
    } catch (error) {
      complaint.textContent = errorMessage(error);
    } finally {
      this.#sending = false;
      this.#show();
    }
  }
}

/** What is cut out again: what is shown, or else what failed. @param {Frame} frame */
function parentOf(frame) {
  const chosen = frame.candidates.find((candidate) => candidate.id === frame.chosen);
  return chosen ?? frame.candidates.filter((candidate) => SETTLED.includes(candidate.status)).at(-1) ?? null;
}

customElements.define("rematte-box", RematteBox);
