/** Draw one frame again with other words. The new candidates stand beside the old until the person chooses one. */

import { IdempotencyKey, retry } from "../../../api.js";
import { errorPlace, find } from "../../../dom.js";
import { runAction } from "../../../feedback.js";
import { pressedButton, setBusy } from "../../../focus.js";
import { gettext, interpolate } from "../../../i18n.js";
import { isPending } from "../../../live/statuses.js";
import { RetryResult } from "./retry-result.js";

/**
 * @import { Candidate } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

export class RetryBox extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** The frames whose retry was not looked at yet, with the candidates that each had before. @type {Map<string, Set<string>>} */
  #waiting = new Map();
  #frame = "";
  #sending = false;
  #key = new IdempotencyKey();

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    store.subscribe(() => this.#show());
    find(this, "form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit(find(this, "[name=prompt]", HTMLInputElement).value.trim());
    });
    this.addEventListener("click", (event) => {
      const chip = pressedButton(event, "[data-words]");
      if (chip) void this.#submit(chip.dataset.words ?? "");
    });
    find(this, "retry-result", RetryResult).attach(store);
  }

  #show() {
    this.hidden = this.#store.project.generator === "clip"; // its frames have no words
    const frame = this.#store.selectedFrame;
    if (!frame) return;
    const button = find(this, "[type=submit]", HTMLButtonElement);
    setBusy(button, this.#sending || isPending(frame));
    for (const chip of this.querySelectorAll("[data-words]")) {
      if (chip instanceof HTMLButtonElement) setBusy(chip, this.#sending || isPending(frame));
    }
    button.textContent = isPending(frame) ? gettext("Drawing…") : interpolate(gettext("Redo frame %(number)s"), { number: frame.index + 1 });
    if (this.#frame !== frame.id) errorPlace(this).textContent = "";
    this.#frame = frame.id;
    this.#showResult();
  }

  /** @param {string} prompt */
  async #submit(prompt) {
    const store = this.#store;
    const frame = store.selectedFrame;
    const field = find(this, "[name=prompt]", HTMLInputElement);
    if (!frame || this.#sending || isPending(frame)) return;
    if (!prompt) {
      errorPlace(this).textContent = gettext("Say what should be different, for example “jump higher”.");
      field.focus();
      return;
    }
    const candidates = Number(find(this, "[name=candidates]", HTMLSelectElement).value);
    const body = { prompt, candidates };
    find(this, "retry-result", RetryResult).clear();
    await runAction(errorPlace(this), (busy) => this.#setSending(busy), async () => {
      const send = (/** @type {string} */ key) => retry(store.project.id, frame.index, body, key);
      const job = await this.#key.use([frame.id, body], send);
      this.#waiting.set(frame.id, new Set(frame.candidates.map((candidate) => candidate.id)));
      store.setJob(job);
      if (field.value.trim() === prompt) field.value = ""; // not what a chip was pressed beside, or was typed since
    });
  }

  /** @param {boolean} sending */
  #setSending(sending) {
    this.#sending = sending;
    this.#show();
  }

  /** Show the new candidates once the retry of the selected frame has ended, or say why there are none. */
  #showResult() {
    const frame = this.#store.selectedFrame;
    const before = this.#waiting.get(frame?.id ?? "");
    if (!frame || !before) return;
    const made = frame.candidates.filter((candidate) => !before.has(candidate.id));
    if (!made.length || isPending(frame)) return;
    this.#waiting.delete(frame.id);
    const ready = made.filter((candidate) => candidate.status === "ready" && candidate.id !== frame.chosen);
    errorPlace(this).textContent = ready.length ? "" : errorsOf(made);
    if (ready.length) find(this, "retry-result", RetryResult).show(frame, ready);
  }
}

/** @param {Candidate[]} made */
function errorsOf(made) {
  return [...new Set(made.flatMap((candidate) => candidate.error || []))].join(" ");
}

customElements.define("retry-box", RetryBox);
