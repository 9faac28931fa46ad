/** Do the steps that a person takes one after the other: each begins once the result of the last is there. */

import { getJob, getProject, IdempotencyKey } from "../../../api.js";
import { errorMessage } from "../../../feedback.js";
import { gettext } from "../../../i18n.js";
import { isActive } from "../../../live/statuses.js";

/**
 * @import { Job, RefineSourceRequest } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 * @import { Target } from "./targets.js"
 */

/**
 * @typedef {object} Step
 * @property {string} doing what is said while it runs
 * @property {string|(() => string)} done what is said after it
 * @property {() => Promise<unknown>} run
 * @property {Element} [mark] shows on the sheet what was asked for, until it is there
 * @property {string} [kind] a waiting step is replaced by the next one of its kind
 */

const ASK_AGAIN_MS = 2500;

export class Steps {
  /** Called after every change. @type {(state: {text: string, error?: string}) => void} */
  onChange = () => {};
  /** @type {Step[]} */
  #waiting = [];
  /** @type {Step|null} */
  #running = null;

  get isBusy() {
    return this.#running !== null;
  }

  /** @param {Step} step */
  add(step) {
    const replaced = step.kind ? this.#waiting.findIndex(({ kind }) => kind === step.kind) : -1;
    if (replaced >= 0) this.#waiting.splice(replaced, 1)[0]?.mark?.remove();
    this.#waiting.push(step);
    if (!this.#running) void this.#work();
  }

  /** Drop the last step that has not begun. @returns {boolean} whether there was one */
  takeBack() {
    const step = this.#waiting.pop();
    step?.mark?.remove();
    return step !== undefined;
  }

  async #work() {
    for (let step = this.#waiting.shift(); step; step = this.#waiting.shift()) {
      this.#running = step;
      this.onChange({ text: step.doing, error: "" });
      const report = await outcomeOf(step);
      step.mark?.remove();
      this.#running = null;
      this.onChange(report);
    }
  }
}

/** @param {Step} step @returns {Promise<{text: string, error?: string}>} */
async function outcomeOf(step) {
  try {
    await step.run();
    return { text: typeof step.done === "string" ? step.done : step.done() };
  } catch (error) {
    return { text: "", error: errorMessage(error) };
  }
}

/** Send refine requests, and wait for what they make. */
export class Refinement {
  #store;
  #target;
  #key = new IdempotencyKey();

  /** @param {Store} store @param {Target} target */
  constructor(store, target) {
    this.#store = store;
    this.#target = target;
  }

  /** Mend the target; return once the result is in the store. Throws an error in words. @param {RefineSourceRequest} body */
  async send(body) {
    const before = this.#target.id;
    const { shown } = this.#store;
    const job = await this.#key.use(body, (key) => this.#target.refine(body, key));
    this.#store.setJob(job);
    const failed = await this.#outcome(job, before);
    if (failed) throw new Error(failed);
    if ("remember" in this.#target) this.#target.remember(shown, body.tool);
    await this.#target.refresh();
  }

  /** Wait for a job; get why it has changed nothing, or "". @param {Job} job @param {string|null} before */
  async #outcome(job, before) {
    await untilEnded(this.#store, job, (latest) => this.#target.isMended(before, latest));
    if (this.#target.id !== before) return "";
    await readAgain(this.#store, job.id); // the job's message may come before that of what it has made
    return this.#target.id === before ? this.#reason(this.#store.jobs.get(job.id) ?? job) : "";
  }

  /** @param {Job} job */
  #reason(job) {
    if (job.status === "cancelled") return gettext("This was cancelled.");
    return this.#target.reason(job) || gettext("Nothing was changed. Try again.");
  }
}

/** Wait until a job has ended, or what it was for is there. @param {Store} store @param {Job} job @param {(latest: Job) => boolean} [isDone] @returns {Promise<void>} */
export function untilEnded(store, job, isDone = () => false) {
  return new Promise((resolve) => {
    // A message may be lost with the socket that would have brought it.
    const timer = setInterval(() => void readAgain(store, job.id), ASK_AGAIN_MS);
    const leave = store.subscribe(() => {
      const latest = store.jobs.get(job.id) ?? job;
      if (!isDone(latest) && isActive(latest)) return;
      clearInterval(timer);
      resolve();
      queueMicrotask(() => leave());
    });
  });
}

/** Read a job and its project from the server. @param {Store} store @param {string} id */
export async function readAgain(store, id) {
  const job = await getJob(id).catch(() => null);
  const project = job && (await getProject(store.project.id).catch(() => null));
  if (project) store.setProject(project);
  if (job) store.setJob(job);
}
