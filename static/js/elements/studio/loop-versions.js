/** Show the versions of the whole loop as moving cards; a tap chooses one for all frames. */

import { chooseForAll } from "../../api.js";
import { BitmapCache, drawBitmap } from "../../bitmaps.js";
import { errorPlace, find, make, onceInSight } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { pressedButton, setBusy } from "../../focus.js";
import { differenceText, versionName } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";
import { chosenCandidate, readyCandidate } from "../../live/statuses.js";
import { momentsOf, Playback } from "../../playback.js";

/**
 * @import { Candidate, Frame } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 */

const SIDE = 96;
/** What is nearer to the lower edge of a phone's screen is behind the bar there. */
const SIGHT = "0px 0px -96px";
/**
 * Pictures of a version that is not chosen: so many show how it moves. The first is loaded before all others of the
 * page, in sight or not; all are once somebody points at it.
 */
const MOST_PICTURES = 3;
/** @typedef {number|"mix"} Name the ordinal of a version, or the frames as they were before one was chosen for all */

export class LoopVersions extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  bitmaps = new BitmapCache();
  /** The versions' own time: they move while the player stands still. */
  #clock = new Playback();
  /** @type {Map<Name, HTMLButtonElement>} */
  #cards = new Map();
  /** The candidates that were chosen one by one, by frame. @type {Map<string, string>} */
  #mix = new Map();
  /** The versions that somebody pointed at. @type {Set<Name>} */
  #wanted = new Set();
  #isSeen = false;
  #sending = false;

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    this.bitmaps.onLoad = () => this.draw();
    onceInSight(this, () => {
      this.#isSeen = true;
      this.#load();
    }, SIGHT);
    this.#clock.subscribe(() => this.draw());
    store.subscribe((topics) => {
      if (topics.has("frames") || topics.has("project")) this.#show();
    });
    this.addEventListener("click", (event) => {
      const card = pressedButton(event, "[data-version]");
      const name = this.#nameOf(card);
      if (name !== undefined && card?.getAttribute("aria-pressed") !== "true") void this.#choose(name);
    });
    for (const pointing of ["pointerover", "focusin"]) {
      this.addEventListener(pointing, (event) => {
        const name = this.#nameOf(event.target instanceof Element ? event.target.closest("[data-version]") : null);
        if (name === undefined || this.#wanted.has(name)) return;
        this.#wanted.add(name);
        this.#load();
      });
    }
  }

  /** @param {Element|null} card */
  #nameOf(card) {
    return [...this.#cards].find(([, known]) => known === card)?.[0];
  }

  #show() {
    const { frames, versions, status } = this.#store.project;
    const chosen = chosenVersion(frames);
    this.#mix = chosen === null ? chosenOf(frames) : stillThere(this.#mix, frames);
    this.hidden = versions.length < 2;
    if (this.hidden) return;
    /** @type {Name[]} */
    const names = [...versions.map(({ ordinal }) => ordinal), ...(this.#mix.size ? [/** @type {const} */ ("mix")] : [])];
    this.#build(names);
    for (const [name, card] of this.#cards) {
      card.setAttribute("aria-pressed", String(name === (chosen ?? "mix")));
      setBusy(card, this.#sending || status === "working" || !frames.some((frame) => this.#urlOf(frame, name)));
    }
    this.#load();
    this.#clock.set(momentsOf(frames, (frame) => names.map((name) => this.#urlOf(frame, name)).find(Boolean)));
    this.draw();
  }

  /** The addresses of the pictures that each card shows. @returns {string[][]} */
  get loops() {
    return [...this.#cards.keys()].map((name) => this.#urlsOf(name));
  }

  /** @param {Name} name */
  #urlsOf(name) {
    return this.#framesOf(name).flatMap((frame) => this.#urlOf(frame, name) ?? []);
  }

  #load() {
    const loops = [...this.#cards.keys()].map((name) => ({ isMoving: this.#isSeen || this.#isChosen(name), urls: this.#urlsOf(name) }));
    const stills = loops.flatMap(({ urls }) => urls.slice(0, 1));
    this.bitmaps.retain([...stills, ...loops.flatMap(({ isMoving, urls }) => (isMoving ? urls : []))], stills);
  }

  /** Get the frames that a card shows. Those of the chosen version are loaded anyway. @param {Name} name */
  #framesOf(name) {
    const { frames } = this.#store.project;
    const isWhole = this.#wanted.has(name) || this.#isChosen(name);
    const picked = Array.from({ length: MOST_PICTURES }, (_, at) => Math.floor((at * frames.length) / MOST_PICTURES));
    return frames.filter((frame) => (isWhole || picked.includes(frame.index)) && this.#urlOf(frame, name));
  }

  /** @param {Name} name */
  #isChosen(name) {
    return this.#cards.get(name)?.getAttribute("aria-pressed") === "true";
  }

  /** Make the cards, unless they are there. @param {Name[]} names */
  #build(names) {
    if (names.join() === [...this.#cards.keys()].join()) return;
    const { versions } = this.#store.project;
    const old = this.#cards;
    this.#cards = new Map(names.map((name) => {
      const version = versions.find(({ ordinal }) => ordinal === name);
      return [name, old.get(name) ?? cardFor(titleOf(name), version ? differenceText(version) : gettext("frames of several"))];
    }));
    find(this, "[data-versions]", HTMLElement).replaceChildren(...this.#cards.values());
  }

  /** @param {Frame} frame @param {Name} name */
  #urlOf(frame, name) {
    if (name !== "mix") return candidateOf(frame, name)?.preview_url;
    return frame.candidates.find(({ id }) => id === this.#mix.get(frame.id))?.preview_url;
  }

  /** Draw what the cards show now. */
  draw() {
    const now = this.#clock.moment?.index ?? 0;
    for (const [name, card] of this.#cards) {
      const url = this.#loadedBefore(now, name);
      const shown = `${url} ${this.bitmaps.version}`;
      if (!url || card.dataset.shown === shown) continue;
      const bitmap = this.bitmaps.get(url);
      if (!bitmap) continue;
      card.dataset.shown = shown;
      drawBitmap(find(card, "canvas", HTMLCanvasElement), bitmap);
    }
  }

  /** Get the last picture up to a frame that has been loaded. @param {number} now @param {Name} name */
  #loadedBefore(now, name) {
    const urls = this.#framesOf(name).filter(({ index }) => index <= now).map((frame) => this.#urlOf(frame, name));
    return urls.filter((url) => url && this.bitmaps.getPlain(url)).at(-1);
  }

  /** Choose a version for all frames: at once; the answer confirms it or takes it back. @param {Name} name */
  async #choose(name) {
    const store = this.#store;
    const changes = store.project.frames.flatMap((frame) => {
      const to = name === "mix" ? this.#mix.get(frame.id) : candidateOf(frame, name)?.id;
      return to && to !== frame.chosen ? [{ id: frame.id, from: frame.chosen, to }] : [];
    });
    for (const { id, from, to } of changes) store.replaceChosen(id, from, to);
    const { shown } = store;
    const wanted = name === "mix" ? { candidates: [...this.#mix.values()] } : { version: name };
    const setSending = (/** @type {boolean} */ sending) => {
      this.#sending = sending;
      this.#show();
    };
    const succeeded = await runAction(errorPlace(this), setSending, () => store.inTurn(async () => {
      const answer = await chooseForAll(store.project.id, wanted);
      for (const frame of answer.frames) store.setChosenFrame(frame, shown.get(frame.id), answer.revision);
      if (answer.undo.candidates.length) store.noteStep({ kind: "choose", candidates: answer.undo.candidates });
    }));
    if (!succeeded) for (const { id, from, to } of changes) store.replaceChosen(id, to, from);
    else find(this, "[data-live]", HTMLElement).textContent = interpolate(gettext("%(version)s is shown in all frames."), { version: titleOf(name) });
  }
}

/** @param {Name} name */
const titleOf = (name) => (name === "mix" ? gettext("Your mix") : versionName(name));

/** @param {Frame[]} frames */
const chosenOf = (frames) => new Map(frames.flatMap((frame) => (frame.chosen ? [[frame.id, frame.chosen]] : [])));

/** Keep of a mix what was not deleted since, or made anew. @param {Map<string, string>} mix @param {Frame[]} frames */
function stillThere(mix, frames) {
  const ids = new Set(frames.flatMap((frame) => frame.candidates.map(({ id }) => id)));
  return new Map([...mix].filter(([, id]) => ids.has(id)));
}

/** Get the candidate that a frame shows in a version: what it shows now, if that was mended from it. @param {Frame} frame @param {number} ordinal */
function candidateOf(frame, ordinal) {
  const chosen = chosenCandidate(frame);
  return chosen && ordinalOf(frame, chosen) === ordinal ? chosen : readyCandidate(frame, ordinal);
}

/** Get the version that all frames with a picture show, or null where they are a mix. @param {Frame[]} frames */
function chosenVersion(frames) {
  const ordinals = new Set(frames.flatMap((frame) => {
    const chosen = chosenCandidate(frame);
    return chosen ? [ordinalOf(frame, chosen)] : [];
  }));
  const [ordinal] = ordinals;
  return ordinals.size === 1 ? (ordinal ?? null) : null;
}

/** Get the ordinal of what a candidate was mended from; one that was made by other words is of no version. @param {Frame} frame @param {Candidate} candidate */
function ordinalOf(frame, candidate) {
  let origin = candidate;
  while (origin.origin === "refined") {
    const parent = frame.candidates.find((known) => known.id === origin.parent);
    if (!parent) break;
    origin = parent;
  }
  return origin.origin === "generated" ? origin.ordinal : null;
}

/** @param {string} name @param {string} text */
function cardFor(name, text) {
  const canvas = make("canvas", { width: String(2 * SIDE), height: String(2 * SIDE), "aria-hidden": "true" });
  return make("button", { type: "button", class: "version", "data-version": "", "aria-pressed": "false" },
    canvas, make("span", { class: "name" }, name), make("span", { class: "hint" }, text));
}

customElements.define("loop-versions", LoopVersions);
