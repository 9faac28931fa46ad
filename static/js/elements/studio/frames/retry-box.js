/** Draw one frame again with other words. The new candidates stand beside the old until the person chooses one. */

import { IdempotencyKey, retry } from "../../../api.js";
import { errorPlace, find, prefersReducedMotion } from "../../../dom.js";
import { runAction } from "../../../feedback.js";
import { setBusy } from "../../../focus.js";
import { pluralize } from "../../../format.js";
import { isPending, readyCandidate } from "../../../live/statuses.js";

/**
 * @import { Candidate, Frame } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

export class RetryBox extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** The retry under way: its frame, and the candidates that the frame had before. @type {{frame: string, before: Set<string>}|null} */
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
      void this.#submit();
    });
    find(this, "[data-result] button", HTMLButtonElement).addEventListener("click", () => showNewCandidate(true));
  }

  #show() {
    this.hidden = this.#store.project.generator === "clip"; // its frames have no words
    const frame = this.#store.selectedFrame;
    if (!frame) return;
    const button = find(this, "[type=submit]", HTMLButtonElement);
    setBusy(button, this.#sending || isPending(frame));
    button.textContent = isPending(frame) ? "Drawing…" : `Redo frame ${frame.index + 1}`;
    if (this.#frame !== frame.id) this.#say("", "");
    this.#frame = frame.id;
    this.#showResult();
    if (!frame.candidates.some((candidate) => this.#store.newCandidates.has(candidate.id))) this.#sayResult("");
  }

  async #submit() {
    const store = this.#store;
    const frame = store.selectedFrame;
    const field = find(this, "[name=prompt]", HTMLInputElement);
    const prompt = field.value.trim();
    if (!frame || this.#sending || isPending(frame)) return;
    if (!prompt) {
      this.#say("Say what should be different, for example “jump higher”.", "");
      field.focus();
      return;
    }
    const candidates = Number(find(this, "[name=candidates]", HTMLSelectElement).value);
    const body = { prompt, candidates, ...shownCandidate(store, frame) };
    this.#sayResult("");
    await runAction(errorPlace(this), (busy) => this.#setSending(busy), async () => {
      const send = (/** @type {string} */ key) => retry(store.project.id, frame.index, body, key);
      const job = await this.#key.use([frame.id, body], send);
      this.#waiting = { frame: frame.id, before: new Set(frame.candidates.map((candidate) => candidate.id)) };
      store.setJob(job);
      field.value = "";
    });
  }

  /** @param {boolean} sending */
  #setSending(sending) {
    this.#sending = sending;
    this.#show();
  }

  /** Show the new candidates once the retry has ended, or say why there are none. */
  #showResult() {
    const waiting = this.#waiting;
    const frame = this.#store.project.frames.find((row) => row.id === waiting?.frame);
    if (!waiting || !frame) return;
    const made = frame.candidates.filter((candidate) => !waiting.before.has(candidate.id));
    if (!made.length || isPending(frame)) return;
    this.#waiting = null;
    const ready = made.filter((candidate) => candidate.status === "ready" && candidate.id !== frame.chosen);
    if (frame.id !== this.#store.selected) return;
    this.#say(ready.length ? "" : errorsOf(made), resultOf(ready));
    if (!ready.length) return;
    this.#store.setNewCandidates(ready.map((candidate) => candidate.id));
    requestAnimationFrame(() => showNewCandidate(false));
  }

  /** @param {string} error @param {string} result */
  #say(error, result) {
    errorPlace(this).textContent = error;
    this.#sayResult(result);
  }

  /** @param {string} text */
  #sayResult(text) {
    const place = find(this, "[data-result]", HTMLElement);
    const shown = find(place, "[data-result-text]", HTMLElement);
    if (shown.textContent === text) return;
    shown.textContent = text;
    find(place, "button", HTMLButtonElement).hidden = !text;
  }
}

/** Get the candidate that is shown, where another version than the chosen one is played. @param {Store} store @param {Frame} frame */
function shownCandidate({ track }, frame) {
  const shown = readyCandidate(frame, track);
  return shown ? { candidate: shown.id } : {};
}

/** @param {Candidate[]} ready */
function resultOf(ready) {
  return ready.length ? `Made ${pluralize(ready.length, "new version")}: choose ${ready.length === 1 ? "it or keep the old" : "one or keep the old"}.` : "";
}

/** @param {Candidate[]} made */
function errorsOf(made) {
  return [...new Set(made.flatMap((candidate) => candidate.error || []))].join(" ");
}

/** Scroll to the first new candidate; only a press of the button moves the focus too. @param {boolean} focus */
function showNewCandidate(focus) {
  const tile = document.querySelector("candidate-picker .tile:has(.new-mark:not([hidden]))");
  if (!(tile instanceof HTMLElement)) return;
  tile.scrollIntoView({ block: "nearest", behavior: prefersReducedMotion() ? "auto" : "smooth" });
  if (focus) tile.focus({ preventScroll: true });
}

customElements.define("retry-box", RetryBox);
