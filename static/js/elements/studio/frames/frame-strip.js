/** Show the frames side by side: they fill as they arrive, are selected with arrow keys, and can be dragged elsewhere. */

import { find, make, onceInSight, showImage } from "../../../dom.js";
import { frameName } from "../../../format.js";
import { gettext } from "../../../i18n.js";
import { chosenCandidate, wasCancelled } from "../../../live/statuses.js";
import { moveTo } from "../../../timeline/places.js";

/**
 * @import { Frame } from "../../../schema.js"
 * @import { Playback } from "../../../playback.js"
 * @import { Store } from "../../../live/store.js"
 * @import { Timeline } from "../../../timeline/timeline.js"
 */

export class FrameStrip extends HTMLElement {
  /** Gets the address of a picture as it is shown here. @type {(url: string) => string} */
  pictureOf = (url) => url;
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** Set by `attach`. @type {Playback} */
  #playback = /** @type {any} */ (null);
  /** Called when a frame is chosen, with whether its tools must be seen; set by `attach`. @type {(must: boolean) => void} */
  #onGo = () => {};
  /** @type {Map<string, HTMLElement>} by the frame's id */
  #cells = new Map();
  /** The ids of frames that differ from both of their neighbours. @type {Set<string>} */
  #outliers = new Set();
  /** Where a selection of several began. */
  #anchor = "";

  /** @param {Store} store @param {Playback} playback @param {Timeline} timeline @param {(must: boolean) => void} onGo */
  attach(store, playback, timeline, onGo) {
    this.#store = store;
    this.#onGo = onGo;
    this.#playback = playback;
    const list = find(this, "[role=listbox]", HTMLElement);
    store.subscribe((topics) => {
      if (topics.has("frames") || topics.has("project")) this.#fill(list);
      if (topics.has("frames") || topics.has("selection")) this.#mark();
    });
    playback.subscribe(() => this.#markPlaying());
    store.once(({ project }) => project.frames.some(({ status }) => status === "failed"), () => this.#showFailures());
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("click", (event) => {
      const cell = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (!(cell instanceof HTMLElement) || !cell.dataset.frame) return;
      if (event.shiftKey) this.#extend(cell.dataset.frame);
      else if (event.ctrlKey || event.metaKey || this.selectsSeveral) this.#toggle(cell.dataset.frame);
      else {
        this.#go(cell.dataset.frame);
        this.#onGo(false);
      }
    });
    onceInSight(list, () => this.#letDrag(list, timeline));
  }

  /** @param {HTMLElement} list @param {Timeline} timeline */
  async #letDrag(list, timeline) {
    const { FrameDrag } = await import("../timeline/frame-drag.js");
    new FrameDrag(list, {
      ids: ({ dataset: { frame = "" } }) => {
        if (!this.#store.picked.has(frame)) this.#go(frame);
        return new Set(this.#store.picked);
      },
      onDrop: (ids, to) => void this.dispatchEvent(new CustomEvent("arrange", { detail: moveTo(timeline.places, ids, to) })),
    });
  }

  async #showFailures() {
    const { FrameFailures } = await import("./frame-failures.js");
    find(this, "frame-failures", FrameFailures).attach(this.#store, (id) => {
      this.#go(id);
      this.#onGo(true);
    });
  }

  /** @param {HTMLElement} list */
  #fill(list) {
    const frames = this.#store.project.frames;
    const order = frames.map((frame) => frame.id).join();
    if (order !== [...this.#cells.keys()].join()) this.#order(list, frames);
    for (const frame of frames) {
      const cell = this.#cells.get(frame.id);
      if (cell) this.#show(frame, cell);
    }
  }

  /** Show all pictures anew. */
  refresh() {
    this.#fill(find(this, "[role=listbox]", HTMLElement));
  }

  /** @param {Frame} frame @param {HTMLElement} cell */
  #show(frame, cell) {
    const url = chosenCandidate(frame)?.preview_url;
    showImage(find(cell, "img", HTMLImageElement), url ? this.pictureOf(url) : null);
    describe(frame, cell, this.#outliers.has(frame.id), frame.index === this.#store.project.poster);
  }

  /** Mark frames that stand out from their neighbours. @param {Set<string>} ids */
  markOutliers(ids) {
    if ([...ids].join() === [...this.#outliers].join()) return;
    this.#outliers = ids;
    this.refresh();
  }

  /** Put the cells in order. Those of frames that stay are kept, and so is their focus. @param {HTMLElement} list @param {Frame[]} frames */
  #order(list, frames) {
    const old = this.#cells;
    const focused = document.activeElement;
    this.#cells = new Map(frames.map((frame) => [frame.id, old.get(frame.id) ?? cellFor(frame)]));
    list.replaceChildren(...this.#cells.values());
    if (!(focused instanceof HTMLElement) || ![...old.values()].includes(focused)) return;
    const stays = focused.isConnected ? focused : this.#cells.get(this.#store.selected ?? "");
    stays?.focus({ preventScroll: true });
  }

  #mark() {
    for (const [id, cell] of this.#cells) {
      cell.setAttribute("aria-selected", String(this.#store.picked.has(id)));
      cell.classList.toggle("is-current", id === this.#store.selected);
      cell.tabIndex = id === this.#store.selected ? 0 : -1;
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
    if (event.shiftKey) this.#extend(frame.id);
    else this.#go(frame.id);
    this.#cells.get(frame.id)?.focus();
  }

  /** Tell whether a tap adds a frame to the selection, as a click with Ctrl does. */
  get selectsSeveral() {
    return this.hasAttribute("data-several");
  }

  /** Select all frames from the anchor to this one. @param {string} id */
  #extend(id) {
    const ids = [...this.#cells.keys()];
    const anchor = ids.includes(this.#anchor) ? this.#anchor : (this.#store.selected ?? id);
    const [from = 0, to = 0] = [ids.indexOf(anchor), ids.indexOf(id)].sort((one, other) => one - other);
    this.#select(id, ids.slice(from, to + 1));
  }

  /** Add a frame to the selection, or take it out; one is always selected. @param {string} id */
  #toggle(id) {
    const picked = new Set(this.#store.picked);
    if (!picked.delete(id)) picked.add(id);
    this.#anchor = id;
    const current = picked.has(id) ? id : [...picked].at(-1);
    if (current) this.#select(current, picked);
  }

  /** @param {string} id */
  #go(id) {
    this.#anchor = id;
    this.#select(id, [id]);
  }

  /** Show a frame and its tools, with these selected. @param {string} id @param {Iterable<string>} ids */
  #select(id, ids) {
    const frame = this.#store.project.frames.find((known) => known.id === id);
    if (!frame) return;
    this.#store.pick(ids, id);
    this.#playback.show(frame.index);
    this.#cells.get(id)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

/** @param {Frame} frame */
function cellFor(frame) {
  const picture = make("img", { alt: "", draggable: "false", hidden: "", width: "72", height: "72" });
  return make("div", { role: "option", "data-frame": frame.id, class: "cell" },
    make("span", { class: "thumb" }, picture), make("span", { class: "number" }),
    make("span", { class: "handle", "aria-hidden": "true" }));
}

/** @param {Frame} frame @param {HTMLElement} cell @param {boolean} isOutlier @param {boolean} isStill */
function describe(frame, cell, isOutlier, isStill) {
  const chosen = chosenCandidate(frame);
  const cancelled = wasCancelled(frame);
  cell.dataset.status = cancelled ? "cancelled" : frame.status;
  const status = { pending: gettext("waiting"), working: gettext("being drawn"), ready: gettext("ready"), failed: gettext("failed") }[frame.status];
  const jumps = isOutlier || chosen?.warning ? gettext("stands out from its neighbours") : "";
  cell.dataset.testid = `frame-${frame.index}`;
  find(cell, ".number", HTMLElement).textContent = String(frame.index + 1);
  find(cell, ".handle", HTMLElement).textContent = `${frame.delay_ms} ms`;
  cell.classList.toggle("jumps", Boolean(jumps));
  cell.classList.toggle("is-still", isStill);
  cell.title = jumps ? gettext("Stands out from its neighbours") : "";
  const label = [frameName(frame.index), isStill ? gettext("shown when still") : "", cancelled ? gettext("not made") : status, jumps, `${frame.delay_ms} ms`];
  cell.setAttribute("aria-label", label.filter(Boolean).join(", "));
}

customElements.define("frame-strip", FrameStrip);
