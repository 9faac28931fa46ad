/** Frames that failed, each with what went wrong and a button that tries it again. */

import { Intention, refine, retry } from "../api.js";
import { find, make, reason, wasStopped } from "../words.js";

/**
 * @import { Candidate, Frame } from "../shapes.js"
 * @import { Store } from "../store.js"
 */

export class FrameFailures extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** @type {Map<string, Intention>} by the frame's id */
  #intentions = new Map();
  #shown = "";

  /** @param {Store} store @param {(frame: string) => void} onGo */
  attach(store, onGo) {
    this.#store = store;
    store.subscribe((topics) => {
      if (topics.has("frames") || topics.has("project")) this.#show();
    });
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      const frame = store.project.frames.find((known) => known.id === button?.dataset.of);
      if (!button || !frame) return;
      onGo(frame.id);
      if (button.dataset.again !== undefined) void this.#again(frame, button);
    });
  }

  #show() {
    const { frames, status } = this.#store.project;
    // While others still arrive, the strip alone says so: nothing below it may jump.
    const failed = status === "working" ? [] : frames.filter((frame) => frame.status === "failed" && !wasStopped(frame));
    const shown = failed.map((frame) => `${frame.id} ${latest(frame)?.id}`).join();
    this.hidden = failed.length === 0;
    if (shown === this.#shown) return;
    this.#shown = shown;
    find(this, "ul", HTMLUListElement).replaceChildren(...failed.map(row));
    find(this, "[data-error]", HTMLElement).textContent = "";
  }

  /** The same again: a clip's frame by its engine, a drawn one by its words. @param {Frame} frame @param {HTMLButtonElement} button */
  async #again(frame, button) {
    const { project } = this.#store;
    const candidate = latest(frame);
    if (!candidate) return;
    const intention = this.#intentions.get(frame.id) ?? new Intention();
    this.#intentions.set(frame.id, intention);
    const complaint = find(this, "[data-error]", HTMLElement);
    complaint.textContent = "";
    button.disabled = true;
    try {
      const key = intention.key(candidate.id);
      if (project.generator === "clip") {
        const wish = /** @type {const} */ ({ tool: "matte", apply_to: "frame" });
        await refine(project.id, frame.index, { ...wish, candidate: candidate.id, engine: candidate.engine }, key);
      } else {
        const prompt = candidate.prompt || project.motion.understood_as;
        await retry(project.id, frame.index, { prompt, candidates: 1 }, key);
      }
      intention.done();
    } catch (error) {
      complaint.textContent = reason(error);
      button.disabled = false;
    }
  }
}

/** @param {Frame} frame @returns {Candidate|undefined} */
const latest = (frame) => frame.candidates.at(-1);

/** @param {Frame} frame */
function row(frame) {
  const name = `Frame ${frame.index + 1}`;
  const words = latest(frame)?.error || "This frame could not be made.";
  return make("li", {},
    make("button", { type: "button", class: "link", "data-of": frame.id }, name),
    make("span", { class: "why" }, words),
    make("button", { type: "button", class: "button small", "data-of": frame.id, "data-again": "", "aria-label": `Try ${name.toLowerCase()} again` }, "Try again"));
}

customElements.define("frame-failures", FrameFailures);
