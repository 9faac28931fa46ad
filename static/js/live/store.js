/**
 * The one store of the studio: what the server said last, and which frame the person looks at.
 *
 * @import { Export, FirstState, Frame, Job, Message, ProjectDetail } from "../schema.js"
 */

/** @typedef {"connecting"|"open"|"lost"|"polling"|"signed-out"|"gone"} Connection how the store is kept up to date */
/** @typedef {"project"|"frames"|"exports"|"connection"|"selection"|"track"} Topic */

export class Store {
  /** @type {ProjectDetail} */
  project;
  /** @type {Map<string, Export>} by platform, the newest of each */
  exports = new Map();
  /** @type {Connection} */
  connection = "connecting";
  /** The frame that is looked at. @type {string|null} */
  selected = null;
  /** Which candidates are played: the chosen ones, or those of one ordinal. @type {"chosen"|number} */
  track = "chosen";
  /** Candidates that were made on this page and not yet picked from, to be told from the old ones. @type {Set<string>} */
  newCandidates = new Set();
  /** Asked for when a message speaks of a frame we do not know. */
  onUnknownFrame = () => {};

  #revision;
  #framesRevision;
  /** @type {Map<string, number>} */
  #exportRevisions;
  /** @type {Set<(topics: Set<Topic>) => void>} */
  #listeners = new Set();
  /** @type {Set<Topic>} */
  #pending = new Set();

  /** @param {FirstState} first */
  constructor(first) {
    this.project = first.project;
    this.#revision = first.revision;
    this.#framesRevision = first.frames_revision;
    this.#exportRevisions = new Map(Object.entries(first.export_revisions));
    for (const row of first.exports) this.exports.set(row.platform, row);
    this.selected = first.project.frames[0]?.id ?? null;
  }

  /** Calls back now, and after every change with what changed. @param {(topics: Set<Topic>) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
    listener(new Set(["project", "frames", "exports", "connection", "selection", "track"]));
    return () => this.#listeners.delete(listener);
  }

  get revision() {
    return this.#revision;
  }

  /** Whether something is being made, so that news are to be expected. */
  get isBusy() {
    const { job, frames } = this.project;
    const rows = [...(job ? [job] : []), ...this.exports.values()];
    return rows.some(isLive) || frames.some((frame) => frame.status === "working");
  }

  get selectedFrame() {
    return this.project.frames.find((frame) => frame.id === this.selected) ?? null;
  }

  /** @param {string|null} id */
  select(id) {
    if (this.selected === id) return;
    this.selected = id;
    this.#changed("selection");
  }

  /** @param {"chosen"|number} track */
  play(track) {
    this.track = track;
    this.#changed("track");
  }

  /** New candidates to pick from; one of the same frame that is chosen ends it. @param {Iterable<string>} ids */
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
    // Old news can only arrive from a line that was already replaced; a snapshot is always the present.
    if (message.type !== "snapshot" && message.revision < this.#revision) return;
    this.#revision = message.revision;
    if (message.type === "snapshot") {
      this.#replace(message.project, message.revision);
      this.#catchUp(message.exports);
    }
    if (message.type === "project") this.#setHead(message.project);
    else if (message.type === "frame") this.setFrame(message.frame, message.revision);
    else if (message.type === "job") this.setJob(message.job);
    else if (message.type === "export") this.setExport(message.export, message.revision);
  }

  /** @param {Frame} frame @param {number} [revision] */
  setFrame(frame, revision = this.#revision) {
    const at = this.project.frames.findIndex((known) => known.id === frame.id);
    if (at < 0) return this.onUnknownFrame();
    if (this.project.frames[at]?.chosen !== frame.chosen) this.#framesRevision = revision;
    this.project.frames[at] = frame;
    this.#changed("frames");
    if (this.exports.size) this.#changed("exports");
  }

  /** @param {Job} job */
  setJob(job) {
    if (job.kind === "generate") this.project.job = job;
    this.#changed("project");
  }

  /** @param {Export} row @param {number} [revision] */
  setExport(row, revision = this.#revision) {
    const known = this.exports.get(row.platform);
    if (known && known.id !== row.id && (known.created_at ?? "") > (row.created_at ?? "")) return;
    this.exports.set(row.platform, row);
    // It reads the frames as it begins to run: those swapped while the file is being made are missing in it.
    const begins = known?.id === row.id && known.status === "queued" && row.status === "running";
    if (begins || !this.#exportRevisions.has(row.id)) this.#exportRevisions.set(row.id, revision);
    this.#changed("exports");
  }

  /** Rows told again after a break, newest first; those we know keep their revision. @param {Export[]} rows */
  #catchUp(rows) {
    for (const row of [...rows].reverse()) {
      const known = this.exports.get(row.platform);
      if (known?.id !== row.id || known.status !== row.status) this.setExport(row);
    }
  }

  /** Whether frames were swapped after this file was made. @param {Export} row */
  isOutdated(row) {
    return (this.#exportRevisions.get(row.id) ?? 0) < this.#framesRevision;
  }

  /** @param {ProjectDetail} project @param {number} revision */
  #replace(project, revision) {
    const before = this.project.frames.map((frame) => frame.chosen).join();
    if (before !== project.frames.map((frame) => frame.chosen).join()) this.#framesRevision = revision;
    const index = this.selectedFrame?.index ?? 0;
    this.project = project;
    if (!this.selectedFrame) this.selected = (project.frames[index] ?? project.frames[0])?.id ?? null;
    for (const topic of /** @type {Topic[]} */ (["project", "frames", "selection", "exports"])) this.#changed(topic);
  }

  /** @param {import("../schema.js").Project} head */
  #setHead(head) {
    this.project = { ...head, frames: this.project.frames };
    this.#changed("project");
  }

  /** Several changes of one moment are told together. @param {Topic} topic */
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

/** @param {Job|Export} row */
function isLive({ status }) {
  return status === "queued" || status === "running";
}
