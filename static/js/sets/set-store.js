/** Hold a set: what the server sent last, kept up to date while something is made, and what takes back each change. */

import { getSet, updateSet } from "../api.js";

/**
 * @import { EmojiSet, Project, SetChange } from "../schema.js"
 */

const POLL_MS = 2000;
const MAX_POLL_MS = 30_000;
const MOST_STEPS = 50;

export class SetStore {
  /** @type {EmojiSet} */
  set;
  /** Called with every error of a poll. @type {(error: unknown) => void} */
  onError = () => {};
  /** The set as an answer brought it last: what is shown when a change is refused. @type {EmojiSet} */
  #kept;
  /** @type {SetChange[]} */
  #undo = [];
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** Counts the changes: an answer to an older request does not take them back. */
  #changes = 0;
  /** The last request that changes the set: the next waits for it. @type {Promise<unknown>} */
  #last = Promise.resolve();
  #timer = 0;
  #failures = 0;

  /** @param {EmojiSet} first */
  constructor(first) {
    this.set = this.#kept = first;
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
    addEventListener("online", () => this.refresh());
    this.#schedule();
  }

  /** @param {() => void} listener called now, and after every change */
  subscribe(listener) {
    this.#listeners.add(listener);
    listener();
  }

  get canUndo() {
    return this.#undo.length > 0;
  }

  get order() {
    return this.set.projects.map(({ id }) => id);
  }

  get isBusy() {
    return this.set.projects.some(({ status }) => status === "working");
  }

  /** Change the set, and note what takes that back. It is shown at once, as far as it is known. @param {SetChange} change */
  async change(change) {
    const back = this.#now(change);
    this.#undo.push(back);
    this.#undo.splice(0, this.#undo.length - MOST_STEPS);
    try {
      await this.#send(change);
    } catch (error) {
      this.#undo = this.#undo.filter((step) => step !== back);
      this.#notify();
      throw error;
    }
  }

  /** Take the last change back. */
  async undo() {
    const step = this.#undo.pop();
    if (!step) return;
    this.#notify();
    try {
      await this.#send(step);
    } catch (error) {
      this.#undo.push(step); // it was not taken back
      this.#notify();
      throw error;
    }
  }

  /** Read the set again, and go on for as long as something is made. */
  async refresh() {
    clearTimeout(this.#timer);
    const before = this.#changes;
    try {
      const set = await getSet(this.set.id);
      this.#failures = 0;
      if (before === this.#changes) this.#show((this.#kept = set));
    } catch (error) {
      this.#failures += 1;
      this.onError(error);
    }
    this.#schedule();
  }

  #schedule() {
    clearTimeout(this.#timer);
    const pause = Math.min(MAX_POLL_MS, POLL_MS * 2 ** this.#failures);
    if (this.isBusy && !document.hidden) this.#timer = window.setTimeout(() => this.refresh(), pause);
  }

  /** @param {SetChange} change @returns {SetChange} the same fields as they are now */
  #now(change) {
    const now = { name: this.set.name, projects: this.order, cover: this.set.cover };
    return Object.fromEntries(Object.entries(now).filter(([name]) => name in change));
  }

  /** @param {SetChange} change */
  async #send(change) {
    const { id } = this.set;
    this.#changes += 1;
    const number = this.#changes;
    this.#show(changed(this.set, change));
    try {
      const answer = this.#last.catch(() => {}).then(() => updateSet(id, change));
      this.#last = answer;
      const set = await answer;
      this.#kept = set;
      if (number === this.#changes) this.#show(set);
    } catch (error) {
      if (number === this.#changes) this.#show(this.#kept);
      throw error;
    } finally {
      this.#schedule();
    }
  }

  /** @param {EmojiSet} set */
  #show(set) {
    this.set = set;
    this.#notify();
  }

  #notify() {
    for (const listener of this.#listeners) listener();
  }
}

/** Get the set as it will be, but for emoji that are not known here. @param {EmojiSet} set @param {SetChange} change @returns {EmojiSet} */
function changed(set, { projects, ...rest }) {
  const known = new Map(set.projects.map((project) => [project.id, project]));
  const ordered = projects?.map((id) => known.get(id)).filter((project) => project !== undefined);
  return { ...set, ...rest, projects: /** @type {Project[]} */ (ordered ?? set.projects) };
}
