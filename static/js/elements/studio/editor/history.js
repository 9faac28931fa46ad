/** Go back and forth: undo is the parent of what is shown, redo its newest child. */

import { find } from "../../../dom.js";
import { setBusy } from "../../../focus.js";
import { gettext } from "../../../i18n.js";

/** @import { Desk } from "./desk.js" */

export class History {
  #desk;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  show() {
    const { root, target, steps } = this.#desk;
    setBusy(find(root, "[data-do=undo]", HTMLButtonElement), !target.parent && !steps.isBusy);
    setBusy(find(root, "[data-do=redo]", HTMLButtonElement), !target.child || steps.isBusy);
  }

  undo() {
    const { steps, target } = this.#desk;
    if (steps.takeBack()) return this.#desk.say(gettext("Taken back."));
    if (target.parent || steps.isBusy) this.#go(gettext("Taking it back…"), gettext("Undone."), () => target.parent);
  }

  redo() {
    const { target } = this.#desk;
    if (target.child) this.#go(gettext("Doing it again…"), gettext("Done again."), () => target.child);
  }

  /** @param {string} doing @param {string} done @param {() => string|null} goal asked once the steps before are done */
  #go(doing, done, goal) {
    this.#desk.add({
      doing,
      done,
      run: async () => {
        const id = goal();
        if (id) await this.#desk.choose(id);
      },
    });
  }
}
