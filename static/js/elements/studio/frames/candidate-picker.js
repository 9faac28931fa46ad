/** Show the candidates of the selected frame, and choose one of them. */

import { errorPlace, find, make, showImage } from "../../../dom.js";
import { engineName } from "../../../engines.js";
import { pressedButton } from "../../../focus.js";
import { differenceText, frameName, versionName } from "../../../format.js";
import { gettext, interpolate } from "../../../i18n.js";
import { chosenCandidate } from "../../../live/statuses.js";
import { chooseCandidate } from "./choose-candidate.js";

/**
 * @import { Candidate, Frame, ProjectDetail } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
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
      const tile = pressedButton(event);
      if (tile?.dataset.candidate) void chooseCandidate(store, tile.dataset.candidate, errorPlace(this));
    });
  }

  /** @param {HTMLElement} list */
  #show(list) {
    const frame = this.#store.selectedFrame;
    if (!frame) return;
    find(this, "[data-title]", HTMLElement).textContent = frameName(frame.index);
    const shown = [...this.#tiles.keys()].join();
    if (shown !== frame.candidates.map((candidate) => candidate.id).join()) this.#build(list, frame);
    for (const candidate of frame.candidates) {
      const tile = this.#tiles.get(candidate.id);
      if (tile) update(tile, candidate, frame, this.#store.newCandidates.has(candidate.id));
    }
    if (this.#frame !== frame.id) errorPlace(this).textContent = "";
    this.#frame = frame.id;
    const chosen = chosenCandidate(frame);
    const latest = frame.candidates.at(-1);
    const failure = latest?.status === "failed" ? latest.error : "";
    find(this, "[data-warning]", HTMLElement).textContent = failure || (chosen?.warning ?? "");
  }

  /** Add and remove tiles. Those of candidates that stay are kept, and so is their focus. @param {HTMLElement} list @param {Frame} frame */
  #build(list, frame) {
    const old = this.#tiles;
    this.#tiles = new Map(frame.candidates.map((candidate) => [candidate.id, old.get(candidate.id) ?? tileFor(candidate, about(this.#store.project, candidate))]));
    const kept = [...this.#tiles.values()];
    for (const tile of old.values()) if (!kept.includes(tile)) tile.remove();
    kept.forEach((tile, place) => {
      if (list.children[place] !== tile) list.insertBefore(tile, list.children[place] ?? null);
    });
  }
}

/** Say what tells a candidate from others: how it moves, or of a new cut, what made it. @param {ProjectDetail} project @param {Candidate} candidate */
function about({ generator, versions }, candidate) {
  if (generator === "clip" || candidate.origin === "refined") return candidate.engine === "none" ? gettext("Kept as it is") : engineName(candidate.engine);
  const version = versions.find(({ ordinal }) => ordinal === candidate.ordinal);
  return candidate.origin === "generated" && version ? differenceText(version) : "";
}

/** @param {Candidate} candidate @param {string} text */
function tileFor(candidate, text) {
  const picture = make("img", { alt: "", draggable: "false", hidden: "", width: "104", height: "104" });
  return make(
    "button",
    { type: "button", class: "tile", "data-candidate": candidate.id, "data-testid": `candidate-${candidate.ordinal}` },
    make("span", { class: "thumb" }, picture, make("span", { class: "failure" })),
    make("span", { class: "new-mark", hidden: "" }, gettext("New")),
    make("span", { class: "caption" }),
    make("span", { class: "engine" }, text),
  );
}

/** @param {HTMLButtonElement} tile @param {Candidate} candidate @param {Frame} frame @param {boolean} isNew */
function update(tile, candidate, frame, isNew) {
  showImage(find(tile, "img", HTMLImageElement), candidate.preview_url);
  tile.dataset.status = candidate.status;
  tile.disabled = candidate.status !== "ready";
  tile.setAttribute("aria-pressed", String(candidate.id === frame.chosen));
  find(tile, ".new-mark", HTMLElement).hidden = !isNew;
  tile.title = candidate.error || candidate.warning;
  find(tile, ".caption", HTMLElement).textContent = numbered(candidate, frame);
  find(tile, ".failure", HTMLElement).textContent = candidate.status === "failed" ? gettext("Failed") : "";
}

/**
 * Number the title where several candidates of the frame have the same.
 *
 * @param {Candidate} candidate @param {Frame} frame
 */
function numbered(candidate, frame) {
  const own = title(candidate);
  const alike = frame.candidates.filter((row) => title(row) === own);
  return alike.length > 1 ? `${alike.findIndex((row) => row.id === candidate.id) + 1}. ${own}` : own;
}

/** @param {Candidate} candidate */
function title(candidate) {
  if (candidate.origin === "refined") return gettext("New cut");
  if (candidate.origin === "generated") return versionName(candidate.ordinal);
  return candidate.prompt ? `“${candidate.prompt}”` : interpolate(gettext("Version %(letter)s"), { letter: candidate.ordinal + 1 });
}

customElements.define("candidate-picker", CandidatePicker);
