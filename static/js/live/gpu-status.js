/** Tell people who wait how the GPU is, when no frame has arrived for a while. */

import { listEngines } from "../api.js";

const FIRST_CHECK_MS = 3000;
const CHECK_INTERVAL_MS = 10_000;
const UNREMARKABLE = ["ready", "unknown"];

export class GpuStatus {
  #timer = 0;
  #progressKey = "";
  #waiting = false;
  #onChange;

  /** @param {(text: string) => void} onChange called with the GPU's condition, or an empty string */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** Start over when waiting begins or ends, or a frame arrives. @param {boolean} waiting @param {string} progressKey changes with each frame */
  update(waiting, progressKey) {
    if (waiting === this.#waiting && progressKey === this.#progressKey) return;
    this.#waiting = waiting;
    this.#progressKey = progressKey;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#onChange("");
    if (waiting) this.#timer = window.setTimeout(() => this.#check(), FIRST_CHECK_MS);
  }

  async #check() {
    const timer = this.#timer;
    let text = "";
    try {
      const { state } = await listEngines();
      text = UNREMARKABLE.includes(state.code) ? "" : state.message;
    } catch {
      // Our own server does not answer: the status line shows that the connection is lost.
    }
    if (timer !== this.#timer) return; // a frame has arrived meanwhile
    this.#onChange(text);
    this.#timer = window.setTimeout(() => this.#check(), CHECK_INTERVAL_MS);
  }
}
