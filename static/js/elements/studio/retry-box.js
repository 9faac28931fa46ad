/** One frame again, with other words. What comes of it stands beside what there was, until somebody picks it. */

import { ApiError, IdempotencyKey, retry } from "../../api.js";
import { setBusy } from "../../focus.js";
import { find } from "../../dom.js";
import { errorMessage } from "../../feedback.js";
import { pluralize } from "../../format.js";

/**
 * @import { Candidate, Frame } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 */

export class RetryBox extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** What was asked for and has not come yet: the frame, and the candidates it had. @type {{frame: string, had: Set<string>}|null} */
  #waiting = null;
  #frame = "";
  #sending = false;
  #key = new IdempotencyKey();

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    store.subscribe(() => this.#show());
    find(this, "form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#ask();
    });
    find(this, "[data-result] button", HTMLButtonElement).addEventListener("click", () => toTheNew(true));
  }

  #show() {
    this.hidden = this.#store.project.generator === "clip"; // its frames have no words
    const frame = this.#store.selectedFrame;
    if (!frame) return;
    const button = find(this, "[type=submit]", HTMLButtonElement);
    setBusy(button, this.#sending || isDrawing(frame));
    button.textContent = isDrawing(frame) ? "Drawing…" : `Redo frame ${frame.index + 1}`;
    if (this.#frame !== frame.id) this.#say("", "");
    this.#frame = frame.id;
    this.#landed();
    if (!frame.candidates.some((candidate) => this.#store.newCandidates.has(candidate.id))) this.#offer("");
  }

  async #ask() {
    const store = this.#store;
    const frame = store.selectedFrame;
    const words = find(this, "[name=prompt]", HTMLInputElement);
    const prompt = words.value.trim();
    if (!frame || this.#sending || isDrawing(frame)) return;
    if (!prompt) {
      this.#say("Say what should be different, for example “jump higher”.", "");
      words.focus();
      return;
    }
    const candidates = Number(find(this, "[name=candidates]", HTMLSelectElement).value);
    const body = { prompt, candidates, ...lookedAt(store, frame) };
    this.#sending = true;
    this.#say("", "");
    this.#show();
    try {
      const job = await retry(store.project.id, frame.index, body, this.#key.key([frame.id, body]));
      this.#key.done();
      this.#waiting = { frame: frame.id, had: new Set(frame.candidates.map((candidate) => candidate.id)) };
      store.setJob(job);
      words.value = "";
    } catch (error) {
      this.#say(error instanceof ApiError ? error.message : errorMessage(error), "");
    } finally {
      this.#sending = false;
      this.#show();
    }
  }

  /** What was asked for is there, or there is no difference to be seen: say so, and show it. */
  #landed() {
    const waiting = this.#waiting;
    const frame = this.#store.project.frames.find((known) => known.id === waiting?.frame);
    if (!waiting || !frame) return;
    const made = frame.candidates.filter((candidate) => !waiting.had.has(candidate.id));
    if (!made.length || isDrawing(frame)) return;
    this.#waiting = null;
    const ready = made.filter((candidate) => candidate.status === "ready" && candidate.id !== frame.chosen);
    if (frame.id !== this.#store.selected) return;
    this.#say(ready.length ? "" : complaints(made), offerOf(ready));
    if (!ready.length) return;
    this.#store.setNewCandidates(ready.map((candidate) => candidate.id));
    requestAnimationFrame(() => toTheNew(false));
  }

  /** @param {string} complaint @param {string} offer */
  #say(complaint, offer) {
    find(this, "[data-error]", HTMLElement).textContent = complaint;
    this.#offer(offer);
  }

  /** @param {string} words */
  #offer(words) {
    const place = find(this, "[data-result]", HTMLElement);
    const said = find(place, "[data-result-text]", HTMLElement);
    if (said.textContent === words) return;
    said.textContent = words;
    find(place, "button", HTMLButtonElement).hidden = !words;
  }
}

/** @param {Frame} frame */
const isDrawing = (frame) => frame.status === "working" || frame.status === "pending";

/** The candidate that is seen where another version is played than the chosen one. @param {Store} store @param {Frame} frame */
function lookedAt({ track }, frame) {
  const seen = frame.candidates.find((candidate) => candidate.ordinal === track && candidate.status === "ready");
  return seen ? { candidate: seen.id } : {};
}

/** @param {Candidate[]} ready */
function offerOf(ready) {
  return ready.length ? `Made ${pluralize(ready.length, "new version")}: choose ${ready.length === 1 ? "it or keep the old" : "one or keep the old"}.` : "";
}

/** @param {Candidate[]} made */
function complaints(made) {
  return [...new Set(made.flatMap((candidate) => candidate.error || []))].join(" ");
}

/** The first new version into view, wherever the page stands; focus goes there only when it is asked for. @param {boolean} focus */
function toTheNew(focus) {
  const tile = document.querySelector("candidate-picker .tile:has(.new-mark:not([hidden]))");
  if (!(tile instanceof HTMLElement)) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  tile.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
  if (focus) tile.focus({ preventScroll: true });
}

customElements.define("retry-box", RetryBox);
