/** Of a clip: whether it keeps its own motion, and then which part of it, at how many frames a second. */

import { framesIn, LONGEST_MS } from "../sampling.js";
import { counted, find } from "../words.js";

/**
 * @import { Clip } from "../clips.js"
 * @import { Choices } from "../shapes.js"
 */

const STEP_MS = 50;
const FEWEST_FRAMES = 2;
const END = /** @type {const} */ ({ start: "clip_start_ms", end: "clip_end_ms" });

/** @typedef {{start: number, end: number}} Part in ms */

export class ClipPart extends HTMLElement {
  /** @type {(at: number) => void} */
  #onScrub = () => {};
  /** @type {(start: number, end: number) => void} */
  #onPart = () => {};
  /** @type {Clip|null} */
  #clip = null;
  /** @type {Part} */
  #part = { start: 0, end: 0 };

  connectedCallback() {
    for (const end of /** @type {const} */ (["start", "end"])) {
      this.#number(end).addEventListener("change", () => this.#typed(end));
      this.#number(end).addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault(); // the moment is taken; nothing is sent and paid for yet
        this.#typed(end);
      });
      this.#slider(end).addEventListener("input", () => this.#dragged(end));
      this.#slider(end).addEventListener("change", () => this.#onPart(this.#part.start, this.#part.end));
    }
    this.#rate.addEventListener("change", () => this.#show());
    for (const radio of this.#moves) radio.addEventListener("change", () => this.#changed());
  }

  /**
   * @param {(at: number) => void} onScrub told the moment that is looked at while a person drags, in ms
   * @param {(start: number, end: number) => void} onPart told the part that was chosen, in ms
   */
  follow(onScrub, onPart) {
    this.#onScrub = onScrub;
    this.#onPart = onPart;
  }

  /** @param {Clip|null} clip null for a picture that stands still */
  set(clip) {
    this.#clip = clip;
    this.#part = { start: 0, end: Math.min(clip?.duration ?? LONGEST_MS, LONGEST_MS) };
    this.hidden = !clip;
    this.#changed();
  }

  /** What a project has already. @param {number} start @param {number|null} end @param {number|null} fps @param {boolean} own */
  restore(start, end, fps, own) {
    const length = this.#clip?.duration ?? LONGEST_MS;
    this.#part = { start, end: end ?? Math.min(length, start + LONGEST_MS) };
    const rate = fps === null ? "" : String(fps);
    if (![...this.#rate.options].some((option) => option.value === rate)) {
      this.#rate.add(new Option(`${rate} per second`, rate));
    }
    this.#rate.value = rate;
    for (const radio of this.#moves) radio.checked = radio.value === (own ? "own" : "drawn");
    this.#changed();
  }

  /** Whether this is a clip that keeps its own motion. */
  get own() {
    return this.#clip !== null && [...this.#moves].some((radio) => radio.checked && radio.value === "own");
  }

  /** What is chosen; null where that cannot be, and why is said. @returns {Choices|null} */
  choices() {
    this.#show();
    const { start, end } = this.#part;
    const duration = this.#clip?.duration ?? null;
    if (duration === null) return { generator: "clip", clip_start_ms: 0, clip_end_ms: null, clip_fps: this.#fps };
    if (this.#problem()) return null;
    // The very end is left to the server, which may know it to the millisecond where the browser does not.
    return { generator: "clip", clip_start_ms: start, clip_end_ms: end >= duration ? null : end, clip_fps: this.#fps };
  }

  get #moves() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll("[name=moves]"));
  }

  get #rate() {
    return find(this, "[data-rate]", HTMLSelectElement);
  }

  get #fps() {
    return this.#rate.value ? Number(this.#rate.value) : null;
  }

  /** @param {keyof Part} end */
  #number(end) {
    return find(this, `[data-seconds=${end}]`, HTMLInputElement);
  }

  /** @param {keyof Part} end */
  #slider(end) {
    return find(this, `[data-slide=${end}]`, HTMLInputElement);
  }

  /** @param {keyof Part} end */
  #typed(end) {
    const ms = Math.round(this.#number(end).valueAsNumber * 1000);
    const most = this.#clip?.duration ?? LONGEST_MS;
    if (Number.isFinite(ms)) this.#part[end] = Math.min(most, Math.max(0, ms));
    this.#show();
    this.#onScrub(this.#part[end]);
    this.#onPart(this.#part.start, this.#part.end);
  }

  /** @param {keyof Part} end */
  #dragged(end) {
    const most = this.#clip?.duration ?? LONGEST_MS;
    this.#part[end] = Math.min(most, this.#slider(end).valueAsNumber * STEP_MS);
    this.#show();
    this.#onScrub(this.#part[end]);
  }

  #changed() {
    this.#show();
    this.dispatchEvent(new Event("moves", { bubbles: true }));
  }

  #show() {
    const most = this.#clip?.duration ?? null;
    find(this, "[data-part]", HTMLElement).hidden = !this.own;
    find(this, "[data-ends]", HTMLElement).hidden = most === null;
    for (const end of /** @type {const} */ (["start", "end"])) {
      const [number, slider, ms] = [this.#number(end), this.#slider(end), this.#part[end]];
      const words = (ms / 1000).toFixed(2);
      number.value = words;
      slider.max = String(Math.ceil((most ?? LONGEST_MS) / STEP_MS));
      slider.value = ms === most ? slider.max : String(Math.round(ms / STEP_MS));
      slider.setAttribute("aria-valuetext", `${words} seconds`);
    }
    for (const place of this.querySelectorAll("[data-error]")) place.textContent = "";
    const problem = this.own ? this.#problem() : null;
    if (problem) find(this, `[data-error=${problem.about}]`, HTMLElement).textContent = problem.words;
    find(this, "[data-gives]", HTMLElement).textContent = problem ? "" : this.#gives();
  }

  /** What is wrong with the part, in the server's own words. */
  #problem() {
    const { start, end } = this.#part;
    const clip = this.#clip;
    if (!clip || clip.duration === null) return null;
    if (end <= start) return { about: END.end, words: "The end must come after the beginning." };
    if (end - start > LONGEST_MS) return { about: END.end, words: "A loop runs at most 10 s. Choose a shorter part." };
    if (framesIn(clip, start, end, this.#fps).frames < FEWEST_FRAMES) {
      return { about: END.end, words: "This part of the clip holds one picture only. Choose a longer one." };
    }
    return null;
  }

  #gives() {
    const clip = this.#clip;
    if (!clip) return "";
    if (clip.duration === null) return "This browser cannot show this clip. Its first 10 s are used, in up to 60 frames.";
    const { start, end } = this.#part;
    const { frames, of, exact } = framesIn(clip, start, end, this.#fps);
    const time = `${((end - start) / 1000).toFixed(2)} s`;
    if (of !== null && of > frames) return `${frames} of its ${of} frames, ${time}.`;
    if (exact) return `${counted(frames, "frame")}, ${time}.`;
    return of === null ? `Up to ${frames} frames, ${time}.` : `About ${counted(frames, "frame")}, ${time}.`;
  }
}

customElements.define("clip-part", ClipPart);
