/** All the ways the selected frame could look. */

import { choose } from "../../api.js";
import { engineName } from "../../engines.js";
import { find, make } from "../../dom.js";
import { errorMessage } from "../../feedback.js";

/**
 * @import { Candidate, Frame } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 */

export class CandidatePicker extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** @type {Map<string, HTMLButtonElement>} by the candidate's id */
  #tiles = new Map();
  #frame = "";

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    const list = find(this, "[data-candidates]", HTMLElement);
    store.subscribe((topics) => {
      if (topics.has("frames") || topics.has("selection")) this.#show(list);
    });
    list.addEventListener("click", (event) => {
      const tile = event.target instanceof Element ? event.target.closest("button") : null;
      if (tile?.dataset.candidate) void this.#choose(tile.dataset.candidate);
    });
  }

  /** @param {HTMLElement} list */
  #show(list) {
    const frame = this.#store.selectedFrame;
    if (!frame) return;
    find(this, "[data-title]", HTMLElement).textContent = `Frame ${frame.index + 1}`;
    const known = [...this.#tiles.keys()].join();
    if (known !== frame.candidates.map((candidate) => candidate.id).join()) this.#build(list, frame);
    for (const candidate of frame.candidates) {
      const tile = this.#tiles.get(candidate.id);
      if (tile) update(tile, candidate, frame, this.#store.newCandidates.has(candidate.id));
    }
    if (this.#frame !== frame.id) find(this, "[data-error]", HTMLElement).textContent = "";
    this.#frame = frame.id;
    const chosen = frame.candidates.find((candidate) => candidate.id === frame.chosen);
    const latest = frame.candidates.at(-1);
    const failure = latest?.status === "failed" ? latest.error : "";
    find(this, "[data-warning]", HTMLElement).textContent = failure || (chosen?.warning ?? "");
  }

  /** Tiles of candidates that stay are kept, so that focus is too. @param {HTMLElement} list @param {Frame} frame */
  #build(list, frame) {
    const old = this.#tiles;
    this.#tiles = new Map(frame.candidates.map((candidate) => [candidate.id, old.get(candidate.id) ?? tileFor(candidate)]));
    const kept = [...this.#tiles.values()];
    for (const tile of old.values()) if (!kept.includes(tile)) tile.remove();
    kept.forEach((tile, place) => {
      if (list.children[place] !== tile) list.insertBefore(tile, list.children[place] ?? null);
    });
  }

  /** @param {string} id */
  async #choose(id) {
    const frame = this.#store.selectedFrame;
    const candidate = frame?.candidates.find((row) => row.id === id);
    if (!frame || candidate?.status !== "ready" || id === frame.chosen) return;
    const complaint = find(this, "[data-error]", HTMLElement);
    complaint.textContent = "";
    this.#store.play("chosen");
    this.#store.setNewCandidates([]);
    this.#store.setFrame({ ...frame, chosen: id }); // at once; the answer confirms it or puts it back
    try {
      this.#store.setFrame(await choose(this.#store.project.id, frame.index, id));
    } catch (error) {
      this.#store.setFrame(frame);
      complaint.textContent = errorMessage(error);
    }
  }
}

/** @param {Candidate} candidate */
function tileFor(candidate) {
  const picture = make("img", { alt: "", draggable: "false", hidden: "", width: "104", height: "104" });
  return make(
    "button",
    { type: "button", class: "tile", "data-candidate": candidate.id, "data-testid": `candidate-${candidate.ordinal}` },
    make("span", { class: "thumb" }, picture, make("span", { class: "failure" })),
    make("span", { class: "new-mark", hidden: "" }, "New"),
    make("span", { class: "caption" }),
    make("span", { class: "engine" }, engineName(candidate.engine)),
  );
}

/** @param {HTMLButtonElement} tile @param {Candidate} candidate @param {Frame} frame @param {boolean} fresh */
function update(tile, candidate, frame, fresh) {
  const picture = find(tile, "img", HTMLImageElement);
  const url = candidate.preview_url ?? "";
  picture.hidden = !url;
  if (url && picture.getAttribute("src") !== url) picture.src = url;
  tile.dataset.status = candidate.status;
  tile.disabled = candidate.status !== "ready";
  tile.setAttribute("aria-pressed", String(candidate.id === frame.chosen));
  find(tile, ".new-mark", HTMLElement).hidden = !fresh;
  tile.title = candidate.error || candidate.warning;
  find(tile, ".caption", HTMLElement).textContent = numbered(candidate, frame);
  find(tile, ".failure", HTMLElement).textContent = candidate.status === "failed" ? "Failed" : "";
}

/**
 * The title, with a number before it where several versions of the frame would have the same.
 *
 * @param {Candidate} candidate @param {Frame} frame
 */
function numbered(candidate, frame) {
  const words = title(candidate);
  const alike = frame.candidates.filter((row) => title(row) === words);
  return alike.length > 1 ? `${alike.findIndex((row) => row.id === candidate.id) + 1}. ${words}` : words;
}

/** @param {Candidate} candidate */
function title(candidate) {
  if (candidate.origin === "refined") return "New cut";
  if (candidate.origin === "generated") return `Version ${"ABCD"[candidate.ordinal] ?? candidate.ordinal + 1}`;
  return candidate.prompt ? `“${candidate.prompt}”` : `Version ${candidate.ordinal + 1}`;
}

customElements.define("candidate-picker", CandidatePicker);
