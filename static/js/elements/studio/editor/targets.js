/** What the editor mends: the matte of the source, or the cutout of a clip's frame. Both have the same face. */

import { chooseForAll, chooseSourceMatte, listMattes, propagate, refine, refineSource } from "../../../api.js";
import { gettext, interpolate } from "../../../i18n.js";
import { chosenCandidate, shownCandidate } from "../../../live/statuses.js";

/**
 * @import { Candidate, Frame, Job, Matte, Pocket, RefineSourceRequest } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

/** @typedef {SourceTarget|FrameTarget} Target */

export class SourceTarget {
  name = gettext("Your picture. All frames follow.");
  #store;
  /** All mattes, oldest first. @type {Matte[]} */
  #mattes = [];

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  get #source() {
    return this.#store.project.source;
  }

  /** The matte in use. */
  get id() {
    return this.#source.matte;
  }

  get parent() {
    return this.#source.matte_parent;
  }

  /** The newest matte that was made from this one. */
  get child() {
    return this.#mattes.filter((matte) => matte.parent === this.id).at(-1)?.id ?? null;
  }

  get engine() {
    return this.#mattes.find((matte) => matte.id === this.id)?.engine ?? "";
  }

  get picture() {
    return this.#source.url;
  }

  get cutout() {
    return this.#source.cutout_url;
  }

  get pockets() {
    return this.#source.pockets;
  }

  get holes() {
    return this.#source.holes;
  }

  get sparks() {
    return this.#source.sparks;
  }

  /** Read the mattes that there are. */
  async refresh() {
    this.#mattes = await listMattes(this.#store.project.id);
  }

  /** @param {RefineSourceRequest} body @param {string} key */
  refine(body, key) {
    return refineSource(this.#store.project.id, body, key);
  }

  /** Tell whether a job has made its matte; it may still draw frames of it. @param {string|null} before @param {Job} _job */
  isMended(before, _job) {
    return this.id !== before;
  }

  /** Say why a job has changed nothing. @param {Job} job */
  reason(job) {
    return job.error;
  }

  /** @param {string} id */
  async choose(id) {
    this.#store.setProject(await chooseSourceMatte(this.#store.project.id, id));
  }
}

/** The tools that mend a place, so that what they did can be carried to other frames. */
const LOCAL = ["points", "brush", "pocket", "effects"];

export class FrameTarget {
  /** @type {"frame"|"all"} */
  applyTo = "frame";
  /** @type {Pocket[]} */
  pockets = [];
  /** @type {Pocket[]} */
  holes = [];
  /** @type {Pocket[]} */
  sparks = [];
  #store;
  /** What a step on all frames has made on each, by what it made on the one looked at. @type {Map<string, Change[]>} */
  #steps = new Map();
  /** Candidates in which this page has mended a place on their frame alone. @type {Set<string>} */
  #corrected = new Set();
  /** What was carried to other frames, by the candidate that it was carried from. @type {Map<string, Change[]>} */
  #carried = new Map();

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  get #frame() {
    return /** @type {Frame} */ (this.#store.selectedFrame ?? this.#store.project.frames[0]);
  }

  get #candidate() {
    return shownCandidate(this.#frame);
  }

  get name() {
    return interpolate(gettext("Frame %(number)s of %(count)s"), { number: this.#frame.index + 1, count: this.#store.project.frames.length });
  }

  get id() {
    return this.#candidate?.id ?? null;
  }

  get parent() {
    const [carried] = this.#carriedFromHere;
    if (carried && this.#isShown(carried.to)) return carried.from;
    return this.#candidate?.origin === "refined" ? this.#candidate.parent : null;
  }

  get child() {
    const [carried] = this.#carriedFromHere;
    if (carried && this.#isShown(carried.from)) return carried.to;
    const children = this.#frame.candidates.filter((row) => row.parent === this.id && row.origin === "refined");
    return children.filter((row) => row.status === "ready" && row.confidence === null).at(-1)?.id ?? null;
  }

  get #carriedFromHere() {
    return this.#carried.get(this.id ?? "") ?? [];
  }

  /** @param {string} id of a candidate */
  #isShown(id) {
    return this.#store.project.frames.some(({ chosen }) => chosen === id);
  }

  /** Tell whether what is shown can be carried to other frames. */
  get isCorrected() {
    return this.#corrected.has(this.id ?? "");
  }

  /** What was made of other frames and waits to be chosen. @returns {Proposal[]} */
  get proposals() {
    return this.#store.project.frames.flatMap((frame) => {
      const old = chosenCandidate(frame);
      const made = frame.candidates.filter((row) => row.confidence !== null && row.status === "ready" && row.parent === frame.chosen).at(-1);
      return old && made ? [{ frame, old, made }] : [];
    });
  }

  get engine() {
    return this.#candidate?.engine ?? "";
  }

  get picture() {
    return this.#candidate?.picture_url ?? null;
  }

  get cutout() {
    return this.#candidate?.cutout_url ?? this.picture;
  }

  /** Nothing is read: the store holds all candidates. */
  async refresh() {}

  /** @param {RefineSourceRequest} body @param {string} key */
  refine(body, key) {
    const candidate = /** @type {string} */ (this.id);
    return refine(this.#store.project.id, this.#frame.index, { ...body, candidate, apply_to: this.applyTo }, key);
  }

  /** Have what was mended here carried to the other frames. @param {string} key */
  propagate(key) {
    return propagate(this.#store.project.id, this.#frame.index, /** @type {string} */ (this.id), key);
  }

  /** Use these of the proposals; that is one step with what they were carried from. @param {string[]} ids */
  async use(ids) {
    const from = /** @type {string} */ (this.id);
    const before = this.#store.shown;
    this.#store.setProject(await chooseForAll(this.#store.project.id, { candidates: ids }));
    this.#carried.set(from, this.remember(before));
    this.#corrected.delete(from);
  }

  /** Tell whether a job is done with all its frames. @param {string|null} _before @param {Job} job */
  isMended(_before, job) {
    return job.status === "succeeded";
  }

  /** Say why a job has changed nothing. @param {Job} job */
  reason(job) {
    const last = this.#frame.candidates.at(-1);
    return (last?.status === "failed" && last.error) || job.error;
  }

  /** Remember which candidates belong together. @param {Map<string, string|null>} before what each frame showed @param {string} [tool] */
  remember(before, tool = "") {
    const changed = this.#store.project.frames.flatMap(({ id, chosen }) => {
      const from = before.get(id);
      return from && chosen && from !== chosen ? [{ from, to: chosen }] : [];
    });
    for (const { to } of changed) this.#steps.set(to, changed);
    if (this.id && this.applyTo === "frame" && LOCAL.includes(tool)) this.#corrected.add(this.id);
    return changed;
  }

  /** Choose a candidate, and with it those of other frames that the same step made or replaced. @param {string} id */
  async choose(id) {
    this.#store.setProject(await chooseForAll(this.#store.project.id, { candidates: this.#stepTo(id) }));
  }

  /** @param {string} id @returns {string[]} */
  #stepTo(id) {
    const carried = this.#carriedFromHere;
    if (carried.some(({ to }) => to === id)) return carried.map(({ to }) => to);
    if (carried.some(({ from }) => from === id)) return carried.map(({ from }) => from);
    const forth = this.#steps.get(id) ?? [];
    if (forth.some(({ from, to }) => from === this.id && to === id)) return forth.map(({ to }) => to);
    const back = this.#steps.get(this.id ?? "") ?? [];
    return back.some(({ from }) => from === id) ? back.map(({ from }) => from) : [id];
  }
}

/** @typedef {{from: string, to: string}} Change */
/** @typedef {{frame: Frame, old: Candidate, made: Candidate}} Proposal */

/** @param {Store} store @returns {Target} */
export const targetOf = (store) => (store.project.generator === "clip" ? new FrameTarget(store) : new SourceTarget(store));
