/** Offer to mend the other frames of a clip as one of them was mended. */

import { IdempotencyKey } from "../../../api.js";
import { find, loadStyles } from "../../../dom.js";
import { setBusy } from "../../../focus.js";
import { gettext, interpolate, ngettext } from "../../../i18n.js";
import { readAgain, untilEnded } from "./steps.js";
import { FrameTarget } from "./targets.js";

/**
 * @import { Job } from "../../../schema.js"
 * @import { EditorSession } from "./session.js"
 */

export class Offer {
  #session;
  #element;
  #button;
  #key = new IdempotencyKey();
  /** What is said once the step is over. */
  #outcome = "";

  /** @param {EditorSession} session */
  constructor(session) {
    this.#session = session;
    this.#element = find(session.root, "[data-offer]", HTMLElement);
    this.#button = find(this.#element, "button", HTMLButtonElement);
  }

  show() {
    const { store, steps, target } = this.#session;
    const count = store.project.frames.length - 1;
    this.#element.hidden = !(target instanceof FrameTarget && target.isCorrected && count > 0);
    const text = ngettext("Mend the other frame too", "Mend the other %(count)s frames too", count);
    this.#button.textContent = interpolate(text, { count });
    setBusy(this.#button, steps.isBusy);
  }

  /** Carry the correction to the other frames, if that is offered. */
  take() {
    const { steps, target } = this.#session;
    if (this.#element.hidden || steps.isBusy || !(target instanceof FrameTarget)) return;
    this.#session.add({
      doing: gettext("Mending the other frames…"),
      done: () => this.#outcome,
      run: () => this.#carry(target),
    });
  }

  /** @param {FrameTarget} target */
  async #carry(target) {
    const { root, store } = this.#session;
    const [{ reviewFrames }, , job] = await Promise.all([
      import("./carried-frames.js"),
      loadStyles("carried-styles"),
      this.#key.use({ candidate: target.id }, (key) => target.propagate(key)),
    ]);
    store.setJob(job);
    await this.#wait(job);
    const { proposals } = target;
    if (!proposals.length) throw new Error(store.jobs.get(job.id)?.error || gettext("Nothing was changed. Try again."));
    const used = await reviewFrames(find(root, "dialog[data-carried]", HTMLDialogElement), proposals);
    if (used.length) await target.use(used);
    this.#outcome = outcomeOf(used.length);
  }

  /** Wait for the job, and say how far it is. @param {Job} job */
  async #wait(job) {
    const { store } = this.#session;
    const leave = store.subscribe(() => {
      const { done, total } = store.jobs.get(job.id) ?? job;
      this.#session.say(interpolate(gettext("Mending the other frames: %(done)s of %(total)s…"), { done, total }));
    });
    await untilEnded(store, job);
    leave();
    await readAgain(store, job.id); // the job's message may come before those of the last frames
  }
}

/** @param {number} count */
function outcomeOf(count) {
  if (!count) return gettext("The other frames stay as they are.");
  return interpolate(ngettext("%(count)s frame mended too.", "%(count)s frames mended too.", count), { count });
}
