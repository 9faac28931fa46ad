/** Undo and redo what was done on this page, also after it was loaded again: each step is what takes the last one back. */

import { ApiError, chooseForAll, chooseGeneration, editProject, setFinish, setTimeline } from "../api.js";
import { gettext } from "../i18n.js";
import { areSame, placesOf } from "./places.js";

/**
 * @import { Store } from "../live/store.js"
 * @import { Finish } from "../schema.js"
 * @import { Place } from "./places.js"
 *
 * @typedef {{kind: "timeline", from: Place[], to: Place[]}} TimelineStep lead from one order of the frames to another
 * @typedef {{kind: "choose", candidates: string[]}} ChooseStep choose these, each for its own frame
 * @typedef {{kind: "generation", generation: number}} GenerationStep show the frames of another motion
 * @typedef {{kind: "finish", finish: Finish}} FinishStep finish the files so
 * @typedef {{kind: "still", poster: number|null}} StillStep show this frame when still
 * @typedef {TimelineStep|ChooseStep|GenerationStep|FinishStep|StillStep} Step
 */

const MOST_STEPS = 50;

export class ChangedElsewhere extends Error {
  constructor() {
    super(gettext("The frames were changed elsewhere since then. This cannot be undone any more."));
  }
}

export class History {
  #store;
  #key;
  /** @type {Step[]} */
  #done = [];
  /** @type {Step[]} */
  #undone = [];
  /** @type {Set<() => void>} */
  #listeners = new Set();

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
    this.#key = `history:${store.project.id}`;
    try {
      const [done, undone] = JSON.parse(sessionStorage.getItem(this.#key) ?? "[[], []]");
      [this.#done, this.#undone] = [done, undone];
    } catch {
      // Without storage, a step can be undone until the page is left.
    }
  }

  /** @param {() => void} listener called now, and whenever there is another step to undo or redo */
  subscribe(listener) {
    this.#listeners.add(listener);
    listener();
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  /** Note a step that takes back what was just done. @param {Step} step */
  add(step) {
    this.#done.push(step);
    this.#undone = [];
    this.#keep();
  }

  undo() {
    return this.#take(this.#done, this.#undone);
  }

  redo() {
    return this.#take(this.#undone, this.#done);
  }

  /** Take the last step of one side, and put what takes it back on the other. @param {Step[]} from @param {Step[]} to */
  async #take(from, to) {
    const step = from.at(-1);
    if (!step) return;
    try {
      const back = await takeStep(this.#store, step);
      from.pop();
      to.push(back);
    } catch (error) {
      // What it needs is gone: those before cannot be reached either.
      if (error instanceof ChangedElsewhere || (error instanceof ApiError && error.status === 400)) from.length = 0;
      throw error;
    } finally {
      this.#keep();
    }
  }

  #keep() {
    for (const steps of [this.#done, this.#undone]) steps.splice(0, steps.length - MOST_STEPS);
    try {
      sessionStorage.setItem(this.#key, JSON.stringify([this.#done, this.#undone]));
    } catch {
      // As above.
    }
    for (const listener of this.#listeners) listener();
  }
}

/** Take a step, and return the one that takes it back. @param {Store} store @param {Step} step @returns {Promise<Step>} */
async function takeStep(store, step) {
  const { id, frames, poster } = store.project;
  if (step.kind === "timeline") {
    if (!areSame(placesOf(frames), step.from)) throw new ChangedElsewhere();
    return sendPlaces(store, step.to);
  }
  if (step.kind === "generation") {
    const { undo, ...project } = await chooseGeneration(id, step.generation);
    store.setProject(project);
    return { kind: "generation", ...undo };
  }
  if (step.kind === "finish") {
    const { undo, ...project } = await setFinish(id, step.finish);
    store.setProject(project);
    return { kind: "finish", finish: undo };
  }
  if (step.kind === "still") {
    store.setProject(await editProject(id, { poster: step.poster }));
    return { kind: "still", poster };
  }
  if (!step.candidates.length) return step;
  const { undo, ...project } = await chooseForAll(id, { candidates: step.candidates });
  store.setProject(project);
  return { kind: "choose", ...undo };
}

/** Have the frames so, show them as they are then, and return the step back. @param {Store} store @param {Place[]} places @returns {Promise<TimelineStep>} */
export async function sendPlaces(store, places) {
  const { undo, ...project } = await setTimeline(store.project.id, { frames: places, revision: store.project.revision });
  store.setProject(project);
  return { kind: "timeline", from: placesOf(project.frames), to: undo.frames };
}
