/** Go back and forth: undo is the parent of what is shown, redo its newest child. */

import { find } from "../../../dom.js";
import { setBusy } from "../../../focus.js";
import { gettext } from "../../../i18n.js";

/** @import { EditorSession } from "./session.js" */

export class History {
  #session;

  /** @param {EditorSession} session */
  constructor(session) {
    this.#session = session;
  }

  show() {
    const { root, target, steps } = this.#session;
    setBusy(find(root, "[data-do=undo]", HTMLButtonElement), !target.parent && !steps.isBusy);
    setBusy(find(root, "[data-do=redo]", HTMLButtonElement), !target.child || steps.isBusy);
  }

  undo() {
    const { steps, target } = this.#session;
    if (steps.takeBack()) return this.#session.say(gettext("Taken back."));
    if (target.parent || steps.isBusy) this.#go(gettext("Taking it back…"), gettext("Undone."), () => target.parent);
  }

  redo() {
    const { target } = this.#session;
    if (target.child) this.#go(gettext("Doing it again…"), gettext("Done again."), () => target.child);
  }

  /** @param {string} doing @param {string} done @param {() => string|null} goal asked once the steps before are done */
  #go(doing, done, goal) {
    this.#session.add({
      doing,
      done,
      run: async () => {
        const id = goal();
        if (id) await this.#session.choose(id);
      },
    });
  }
}
