/**
 * Hold the studio's state: what the server sent last, and which frame is selected.
 *
 * @import { Export, FirstState, Frame, Job, Message, Project, ProjectDetail } from "../schema.js"
 * @import { Step } from "../timeline/history.js"
 * @import { Place } from "../timeline/places.js"
 */

import { inOrder } from "../timeline/places.js";
import { isActive, isMaking } from "./statuses.js";

/** @typedef {"connecting"|"open"|"lost"|"polling"|"signed-out"|"gone"} Connection how the store is kept up to date */
/** @typedef {"project"|"frames"|"exports"|"connection"|"selection"|"platform"} Topic */

export class Store {
  /** @type {ProjectDetail} */
  project;
  /** The newest export of each platform. @type {Map<string, Export>} */
  exports = new Map();
  /** The newest file of each platform that was made to be looked at. @type {Map<string, Export>} */
  previews = new Map();
  /** The jobs that wait for a GPU that is away, and since when. @type {Map<string, string>} */
  waiting = new Map();
  /** The jobs that were heard of, by id. @type {Map<string, Job>} */
  jobs = new Map();
  /** @type {Connection} */
  connection = "connecting";
  /** The platform that is looked at: the shape of its files is what the finish is seen on. */
  platform = "";
  /** The id of the selected frame. @type {string|null} */
  selected = null;
  /** The ids of all selected frames, among them the one above. @type {Set<string>} */
  picked = new Set();
  /** Ids of the candidates that a retry on this page has just made. @type {Set<string>} */
  newCandidates = new Set();
  /** Called with what takes back a step that the person has just taken. @type {(step: Step) => void} */
  noteStep = () => {};
  /** Called when a message is about a frame that is not in the store. */
  onUnknownFrame = () => {};

  #revision;
  #framesRevision;
  /** The revision of the last answer: frames of an older one are not what is there now. */
  #answerRevision = 0;
  /** @type {Promise<unknown>} */
  #lastTurn = Promise.resolve();
  /** @type {Set<(topics: Set<Topic>) => void>} */
  #listeners = new Set();
  /** @type {Set<Topic>} */
  #pending = new Set();

  /** @param {FirstState} first */
  constructor(first) {
    this.project = first.project;
    this.#revision = first.revision;
    this.#framesRevision = first.frames_revision;
    for (const row of [...first.previews, ...first.exports]) this.setExport(row);
    this.select(first.project.frames[0]?.id ?? null);
  }

  /** Call `listener` now, and after every change with what changed. @param {(topics: Set<Topic>) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
    listener(new Set(["project", "frames", "exports", "connection", "selection"]));
    return () => this.#listeners.delete(listener);
  }

  /** Call `act` once, as soon as the state is so. @param {(store: Store) => boolean} isSo @param {() => unknown} act */
  once(isSo, act) {
    let isDone = false;
    this.subscribe(() => {
      if (isDone || !isSo(this)) return;
      isDone = true;
      act();
    });
  }

  get revision() {
    return this.#revision;
  }

  /** Tell whether something is being made, so that messages are to be expected. */
  get isBusy() {
    return isMaking(this.project) || [...this.exports.values()].some(isActive);
  }

  /** The time since when something waits for the GPU, or undefined. @returns {string|undefined} */
  get waitingSince() {
    return this.project.job?.waiting_since ?? [...this.waiting.values()].sort()[0];
  }

  get selectedFrame() {
    return this.project.frames.find((frame) => frame.id === this.selected) ?? null;
  }

  /** @param {string} platform */
  setPlatform(platform) {
    if (platform === this.platform) return;
    this.platform = platform;
    this.#changed("platform");
  }

  /** The candidate that each frame shows, by the frame's id. @returns {Map<string, string|null>} */
  get shown() {
    return new Map(this.project.frames.map(({ id, chosen }) => [id, chosen]));
  }

  /** @param {string|null} id */
  select(id) {
    this.pick(id === null ? [] : [id], id);
  }

  /** Select several frames; the tools for one frame are about `id`. @param {Iterable<string>} ids @param {string|null} id */
  pick(ids, id) {
    const picked = new Set(ids);
    if (this.selected === id && picked.size === this.picked.size && [...picked].every((one) => this.picked.has(one))) return;
    this.selected = id;
    this.picked = picked;
    this.#changed("selection");
  }

  /** Mark candidates as new, and no others. @param {Iterable<string>} ids */
  setNewCandidates(ids) {
    this.newCandidates = new Set(ids);
    this.#changed("selection");
  }

  /** @param {Connection} connection */
  connect(connection) {
    this.connection = connection;
    this.#changed("connection");
  }

  /** @param {Message} message */
  apply(message) {
    // An older revision can only come from a socket that was replaced; a snapshot is current, as far as messages go.
    if (message.type !== "snapshot" && message.revision < this.#revision) return;
    // An answer may have overtaken it: what the answer showed stays.
    const isOvertaken = message.revision < this.#answerRevision;
    if ((message.type === "frame" || message.type === "project") && isOvertaken) return;
    this.#revision = message.revision;
    if (message.type === "snapshot") {
      if (!isOvertaken) this.#replace(message.project, message.revision);
      for (const row of [...message.exports, ...(message.previews ?? [])].reverse()) this.setExport(row);
      this.waiting.clear();
      for (const job of message.jobs ?? []) if (job.kind !== "generate") this.setJob(job);
    }
    if (message.type === "project") this.#setHead(message.project);
    else if (message.type === "frame") this.setFrame(message.frame, message.revision);
    else if (message.type === "job") this.setJob(message.job);
    else if (message.type === "export") this.setExport(message.export);
  }

  /**
   * Send a request, and take its answer, after those before it: none overtakes another.
   *
   * @template T @param {() => Promise<T>} send
   */
  inTurn(send) {
    const answer = this.#lastTurn.then(send);
    this.#lastTurn = answer.catch(() => {});
    return answer;
  }

  /**
   * Settles once all that was sent in turn is answered. A file that is asked for earlier might be made without it.
   *
   * @returns {Promise<unknown>}
   */
  get answered() {
    return this.#lastTurn;
  }

  /**
   * Show another candidate in a frame that shows `from`; a frame that shows a third by now stays as it is.
   *
   * @param {string} id of the frame @param {string|null} from @param {string|null} to
   */
  replaceChosen(id, from, to) {
    const frame = this.project.frames.find((row) => row.id === id);
    if (frame && frame.chosen === from) this.setFrame({ ...frame, chosen: to });
  }

  /**
   * Take the frame in an answer to a choice, unless something else was chosen in it after the request.
   *
   * @param {Frame} frame @param {string|null|undefined} shown the candidate that was shown then @param {number} [revision]
   */
  setChosenFrame(frame, shown, revision) {
    const known = this.project.frames.find((row) => row.id === frame.id);
    if (!known || known.chosen === shown) this.setFrame(frame, revision);
  }

  /** @param {Frame} frame @param {number} [revision] */
  setFrame(frame, revision = this.#revision) {
    const at = this.project.frames.findIndex((row) => row.id === frame.id);
    if (at < 0) return this.onUnknownFrame();
    if (this.project.frames[at]?.chosen !== frame.chosen) this.#framesRevision = revision;
    this.project.frames[at] = frame;
    this.#changed("frames");
    if (this.exports.size) this.#changed("exports");
  }

  /** Take a job, unless it is known to have ended and an answer on its way overtook that. @param {Job} job */
  setJob(job) {
    if ([this.jobs.get(job.id), this.project.job].some((known) => isLate(job, known))) return;
    this.jobs.set(job.id, job);
    if (job.kind === "generate") this.project.job = job;
    if (job.waiting_since) this.waiting.set(job.id, job.waiting_since);
    else this.waiting.delete(job.id);
    this.#changed("project");
    if (job.kind === "export") this.#changed("exports");
  }

  /** Take an export or a preview; a preview that was asked for is an export from then on. @param {Export} row */
  setExport(row) {
    const rows = row.preview ? this.previews : this.exports;
    const known = rows.get(row.platform);
    if (known && known.id !== row.id && known.frames_revision > row.frames_revision) return;
    if (isLate(row, known)) return;
    // An answer and the socket may bring the same file: the later revision of its frames counts.
    const knownAt = known?.id === row.id ? known.frames_revision : 0;
    rows.set(row.platform, { ...row, frames_revision: Math.max(row.frames_revision, knownAt) });
    this.#changed("exports");
  }

  /** Take a project that a request was answered with, unless the socket has brought a newer one. @param {ProjectDetail} project */
  setProject(project) {
    if (project.revision < this.project.revision) return;
    this.#answerRevision = project.revision;
    this.#replace(project, project.revision);
  }

  /** Show the frames in another order, before the server knows of it. @param {Place[]} places */
  showInOrder(places) {
    this.#replace({ ...this.project, frames: inOrder(this.project.frames, places) }, this.#revision + 1);
  }

  /** Tell whether other candidates or another still were chosen, frames moved or the finish changed after this file was made. @param {Export} row */
  isOutdated(row) {
    if (!isSame(row.finish, this.project.finish)) return true;
    return row.frames_revision < this.#framesRevision;
  }

  /** @param {ProjectDetail} project @param {number} revision */
  #replace(project, revision) {
    if (shownBy(this.project) !== shownBy(project)) this.#framesRevision = revision;
    const index = this.selectedFrame?.index ?? 0;
    this.project = project;
    const there = new Set(project.frames.map((frame) => frame.id));
    this.picked = new Set([...this.picked].filter((id) => there.has(id)));
    if (!this.selectedFrame) this.select((project.frames[index] ?? project.frames.at(-1))?.id ?? null);
    for (const topic of /** @type {Topic[]} */ (["project", "frames", "selection", "exports"])) this.#changed(topic);
  }

  /** @param {Project} head */
  #setHead(head) {
    const hasOtherStill = head.poster !== this.project.poster;
    if (hasOtherStill) this.#framesRevision = this.#revision;
    if (hasOtherStill || !isSame(head.finish, this.project.finish)) this.#changed("exports");
    this.project = { ...head, frames: this.project.frames, versions: this.project.versions };
    this.#changed("project");
  }

  /** Notify the listeners of a change; several at once make one call. @param {Topic} topic */
  #changed(topic) {
    if (this.#pending.size === 0) {
      queueMicrotask(() => {
        const topics = this.#pending;
        this.#pending = new Set();
        for (const listener of this.#listeners) listener(topics);
      });
    }
    this.#pending.add(topic);
  }
}

/** Get a text that two projects share only if their loops show the same. @param {ProjectDetail} project */
const shownBy = ({ frames, poster }) => `${frames.map((frame) => `${frame.chosen} ${frame.delay_ms}`).join()} ${poster}`;

/** Tell whether a row is from before what is known of it: what has ended does not begin again. @param {Job|Export} row @param {Job|Export|null|undefined} known */
const isLate = (row, known) => known?.id === row.id && isActive(row) && !isActive(known);

/** @param {unknown} one @param {unknown} other */
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
