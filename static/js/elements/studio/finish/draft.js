/** Change the finish: it is shown at once, and saved after a pause; each pause is a step that can be undone. */

import { setFinish } from "../../../api.js";

/**
 * @import { Finish } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

const PAUSE_MS = 350;

export class Draft {
  /** What is shown. @type {Finish} */
  finish;
  /** Called after every change of it. */
  onChange = () => {};
  /** Called with null when it is saved, and with what was wrong when it was not. @type {(error: unknown) => void} */
  onSent = () => {};
  #store;
  /** As the last step left it. @type {Finish} */
  #kept;
  /** @type {Finish[]} */
  #done = [];
  /** @type {Finish[]} */
  #undone = [];
  #timer = 0;
  #isSending = false;

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
    this.finish = this.#kept = store.project.finish;
    store.subscribe((topics) => topics.has("project") && this.#follow());
    addEventListener("pagehide", () => this.keep()); // a reload does not wait for the pause
  }

  get canUndo() {
    return this.#done.length > 0 || !isSame(this.finish, this.#kept);
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  get isSaved() {
    return !this.#isSending && isSame(this.finish, this.#kept);
  }

  /** Replace some parts. @param {Partial<Finish>} parts */
  change(parts) {
    this.finish = { ...this.finish, ...parts };
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.keep(), PAUSE_MS);
    this.onChange();
  }

  /** End a step, and save it. */
  keep() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (isSame(this.finish, this.#kept)) return;
    this.#done.push(this.#kept);
    this.#undone = [];
    this.#save();
  }

  undo() {
    this.keep();
    this.#go(this.#done, this.#undone);
  }

  redo() {
    this.keep();
    this.#go(this.#undone, this.#done);
  }

  /** @param {Finish[]} from @param {Finish[]} to */
  #go(from, to) {
    const finish = from.pop();
    if (!finish) return;
    to.push(this.#kept);
    this.finish = finish;
    this.#save();
  }

  #save() {
    this.#kept = this.finish;
    this.onChange();
    if (!this.#isSending) void this.#send();
  }

  /** Send what was kept last, one request at a time. */
  async #send() {
    this.#isSending = true;
    /** @type {unknown} */
    let problem = null;
    try {
      for (let sent = null; sent !== this.#kept; ) {
        const finish = (sent = this.#kept);
        const { undo: _undo, ...project } = await this.#store.inTurn(() => setFinish(this.#store.project.id, finish));
        this.#store.setProject(project);
      }
    } catch (error) {
      problem = error;
      this.#takeBack();
    }
    this.#isSending = false;
    this.#follow();
    this.onChange();
    this.onSent(problem);
  }

  /** Show what is saved in place of what was refused. */
  #takeBack() {
    this.finish = this.#kept = this.#store.project.finish;
    while (this.#done.length && isSame(this.#done.at(-1), this.#kept)) this.#done.pop();
  }

  /** Take over what is saved, as another page may have done, unless something is being changed here. */
  #follow() {
    if (this.#isSending || this.#timer || isSame(this.#store.project.finish, this.#kept)) return;
    this.finish = this.#kept = this.#store.project.finish;
    this.onChange();
  }
}

/** @param {unknown} one @param {unknown} other */
export const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
