/** Show the frames side by side: they fill as they arrive, and the arrow keys move along them. */

import { find, make, showImage } from "../../../dom.js";
import { chosenCandidate, wasCancelled } from "../../../live/statuses.js";
import { FrameFailures } from "./frame-failures.js";

/**
 * @import { Frame } from "../../../schema.js"
 * @import { Playback } from "../../../playback.js"
 * @import { Store } from "../../../live/store.js"
 */

export class FrameStrip extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** Set by `attach`. @type {Playback} */
  #playback = /** @type {any} */ (null);
  /** @type {Map<string, HTMLElement>} by the frame's id */
  #cells = new Map();

  /** @param {Store} store @param {Playback} playback */
  attach(store, playback) {
    this.#store = store;
    this.#playback = playback;
    const list = find(this, "[role=listbox]", HTMLElement);
    store.subscribe((topics) => {
      if (topics.has("frames")) this.#fill(list);
      if (topics.has("frames") || topics.has("selection")) this.#mark();
    });
    playback.subscribe(() => this.#markPlaying());
    find(this, "frame-failures", FrameFailures).attach(store, (id) => this.#go(id));
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("click", (event) => {
      const cell = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (cell instanceof HTMLElement && cell.dataset.frame) this.#go(cell.dataset.frame);
    });
  }

  /** @param {HTMLElement} list */
  #fill(list) {
    const frames = this.#store.project.frames;
    if (frames.length !== this.#cells.size || frames.some((frame) => !this.#cells.has(frame.id))) {
      this.#cells = new Map(frames.map((frame) => [frame.id, cellFor(frame)]));
      list.replaceChildren(...this.#cells.values());
    }
    for (const frame of frames) {
      const cell = this.#cells.get(frame.id);
      if (cell) show(frame, cell);
    }
  }

  #mark() {
    for (const [id, cell] of this.#cells) {
      const selected = id === this.#store.selected;
      cell.setAttribute("aria-selected", String(selected));
      cell.tabIndex = selected ? 0 : -1;
    }
  }

  #markPlaying() {
    const playing = this.#playback.moment?.id;
    for (const [id, cell] of this.#cells) cell.classList.toggle("is-shown", id === playing);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const frames = this.#store.project.frames;
    const at = frames.findIndex((frame) => frame.id === this.#store.selected);
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: frames.length - 1 };
    const to = steps[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const frame = frames[(to + frames.length) % frames.length];
    if (!frame) return;
    this.#go(frame.id);
    this.#cells.get(frame.id)?.focus();
  }

  /** @param {string} id */
  #go(id) {
    const frame = this.#store.project.frames.find((known) => known.id === id);
    if (!frame) return;
    this.#store.select(id);
    this.#playback.show(frame.index);
    this.#cells.get(id)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

/** @param {Frame} frame */
function cellFor(frame) {
  const picture = make("img", { alt: "", draggable: "false", hidden: "", width: "72", height: "72" });
  const number = make("span", { class: "number" }, String(frame.index + 1));
  return make("div", { role: "option", "data-frame": frame.id, "data-testid": `frame-${frame.index}`, class: "cell" },
    make("span", { class: "thumb" }, picture), number);
}

/** @param {Frame} frame @param {HTMLElement} cell */
function show(frame, cell) {
  const chosen = chosenCandidate(frame);
  showImage(find(cell, "img", HTMLImageElement), chosen?.preview_url ?? null);
  const cancelled = wasCancelled(frame);
  cell.dataset.status = cancelled ? "cancelled" : frame.status;
  const status = { pending: "waiting", working: "being drawn", ready: "ready", failed: "failed" }[frame.status];
  const jumps = chosen?.warning ? ", stands out from its neighbours" : "";
  cell.classList.toggle("jumps", Boolean(chosen?.warning));
  cell.setAttribute("aria-label", `Frame ${frame.index + 1}, ${cancelled ? "not made" : status}${jumps}`);
}

customElements.define("frame-strip", FrameStrip);
