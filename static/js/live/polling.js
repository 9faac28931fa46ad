/** Poll the API for the state of a project while no socket brings it. */

import { ApiError, getProject, listExports } from "../api.js";

/** @import { Message } from "../schema.js" */

const PAUSE_MS = 3000;
const MAX_PAUSE_MS = 30_000;

/** @typedef {"polling"|"lost"|"signed-out"|"gone"} PollState */

export class ProjectPolling {
  #project;
  #timer = 0;
  #running = false;
  #failures = 0;
  #revision;
  #onMessage;
  #onState;

  /**
   * @param {string} project
   * @param {{onMessage: (message: Message) => void, onState: (state: PollState) => void, revision: () => number}} callbacks
   * `revision` gives the revision that is shown already
   */
  constructor(project, { onMessage, onState, revision }) {
    this.#project = project;
    this.#onMessage = onMessage;
    this.#onState = onState;
    this.#revision = revision;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#failures = 0;
    this.#poll();
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  async #poll() {
    let state = /** @type {PollState} */ ("polling");
    try {
      await this.#read();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      state = stateAfter(error);
    }
    if (!this.#running) return;
    this.#timer = window.setTimeout(() => this.#poll(), Math.min(MAX_PAUSE_MS, PAUSE_MS * 2 ** this.#failures));
    this.#onState(state);
  }

  /** Read the project, then its exports, so that these are no older than its revision. */
  async #read() {
    const project = await getProject(this.#project);
    if (project.revision <= this.#revision()) return;
    const exports = (await listExports(this.#project)).results;
    // The socket may have brought something newer meanwhile.
    if (!this.#running || project.revision <= this.#revision()) return;
    this.#onMessage({ type: "snapshot", revision: project.revision, project, exports });
  }
}

/** @param {unknown} error @returns {PollState} */
function stateAfter(error) {
  if (error instanceof ApiError && error.status === 404) return "gone";
  if (error instanceof ApiError && error.status === 401) return "signed-out";
  return "lost";
}
