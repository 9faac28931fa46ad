/** One frame again, with other words. */

import { ApiError, Intention, retry } from "../api.js";
import { find, reason } from "../words.js";

/** @import { Store } from "../store.js" */

export class RetryBox extends HTMLElement {
  /** @param {Store} store */
  attach(store) {
    const form = find(this, "form", HTMLFormElement);
    const words = find(form, "[name=prompt]", HTMLInputElement);
    const count = find(form, "[name=candidates]", HTMLSelectElement);
    const button = find(form, "button", HTMLButtonElement);
    const complaint = find(form, "[data-error]", HTMLElement);
    const intention = new Intention();
    let sending = false;
    let frameId = "";

    store.subscribe(() => {
      this.hidden = store.project.generator === "clip"; // its frames have no words
      const frame = store.selectedFrame;
      if (!frame) return;
      const drawing = frame.status === "working" || frame.status === "pending";
      button.disabled = sending || drawing;
      button.textContent = drawing ? "Drawing…" : `Redo frame ${frame.index + 1}`;
      if (frameId !== frame.id) complaint.textContent = "";
      frameId = frame.id;
    });

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const frame = store.selectedFrame;
      const prompt = words.value.trim();
      if (!frame || sending) return;
      if (!prompt) {
        complaint.textContent = "Say what should be different, for example “jump higher”.";
        return words.focus();
      }
      const wish = { prompt, candidates: Number(count.value) };
      sending = button.disabled = true;
      complaint.textContent = "";
      try {
        const job = await retry(store.project.id, frame.index, wish, intention.key([frame.id, wish]));
        intention.done();
        store.setJob(job);
        words.value = "";
      } catch (error) {
        complaint.textContent = error instanceof ApiError ? error.message : reason(error);
      } finally {
        sending = false;
        store.select(store.selected);
        button.disabled = ["working", "pending"].includes(store.selectedFrame?.status ?? "");
      }
    });
  }
}

customElements.define("retry-box", RetryBox);
