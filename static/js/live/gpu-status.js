/** While somebody waits and nothing comes, how the GPU is: asked seldom, and only then. */

import { listEngines } from "../api.js";

const PATIENCE_MS = 3000;
const ASK_AGAIN_MS = 10_000;
const NO_NEWS = ["ready", "unknown"];

export class GpuStatus {
  #timer = 0;
  #progressKey = "";
  #waiting = false;
  #onChange;

  /** @param {(words: string) => void} onChange told the GPU's condition, and an empty string when it no longer matters */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @param {boolean} waiting @param {string} landed something that changes whenever a frame lands */
  see(waiting, landed) {
    if (waiting === this.#waiting && landed === this.#progressKey) return;
    this.#waiting = waiting;
    this.#progressKey = landed;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#onChange("");
    if (waiting) this.#timer = window.setTimeout(() => this.#ask(), PATIENCE_MS);
  }

  async #ask() {
    const timer = this.#timer;
    let words = "";
    try {
      const { state } = await listEngines();
      words = NO_NEWS.includes(state.code) ? "" : state.message;
    } catch {
      // Our own server does not answer; the connection's notice speaks of that.
    }
    if (timer !== this.#timer) return; // a frame has landed meanwhile
    this.#onChange(words);
    this.#timer = window.setTimeout(() => this.#ask(), ASK_AGAIN_MS);
  }
}
