/** Of a clip: whether it keeps its own motion, and then which part of it, at how many frames a second. */

import { framesIn, LONGEST_MS } from "../../clips/sampling.js";
import { find } from "../../dom.js";
import { pluralize } from "../../format.js";

/**
 * @import { Clip } from "../../clips/read-clip.js"
 * @import { GenerateOptions } from "../../schema.js"
 */

const STEP_MS = 50;
const FEWEST_FRAMES = 2;
const TOO_LONG = "A loop runs at most 10 s. Choose a shorter part.";
const ONE_PICTURE = "This part of the clip holds one picture only. Choose a longer one, or leave out its end.";
const ONE_AT_THIS_RATE = "At this rate the part holds one picture only. Choose a higher one.";
const RATE = "clip_fps";
const END = /** @type {const} */ ({ start: "clip_start_ms", end: "clip_end_ms" });

/** @typedef {{start: number, end: number|null}} Part in ms; an end that nobody chose is left to the server */

export class ClipRange extends HTMLElement {
  /** @type {(at: number) => void} */
  #onScrub = () => {};
  /** @type {(start: number, end: number) => void} */
  #onPart = () => {};
  /** @type {Clip|null} */
  #clip = null;
  /** @type {Part} */
  #part = { start: 0, end: null };

  connectedCallback() {
    for (const end of /** @type {const} */ (["start", "end"])) {
      this.#number(end).addEventListener("change", () => this.#typed(end));
      this.#number(end).addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault(); // the moment is taken; nothing is sent and paid for yet
        this.#typed(end);
      });
      this.#slider(end).addEventListener("input", () => this.#dragged(end));
      this.#slider(end).addEventListener("change", () => this.#tellPart());
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
    this.#part = { start: 0, end: null };
    this.hidden = !clip;
    this.#changed();
  }

  /** What a project has already. @param {number} start @param {number|null} end @param {number|null} fps @param {boolean} own */
  restore(start, end, fps, own) {
    this.#part = { start, end };
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

  /** What is chosen; null where that cannot be, and why is said. @returns {GenerateOptions|null} */
  choices() {
    this.#show();
    const { start, end } = this.#part;
    const duration = this.#clip?.duration ?? null;
    if (duration === null) return { generator: "clip", clip_start_ms: 0, clip_end_ms: null, clip_fps: this.#fps };
    if (this.#problem()) return null;
    // The very end is left to the server, which may know it to the millisecond where the browser does not.
    const isOpen = end === null || end >= duration;
    return { generator: "clip", clip_start_ms: start, clip_end_ms: isOpen ? null : end, clip_fps: this.#fps };
  }

  /** What the part comes to. */
  #given() {
    const { start, end } = this.#part;
    return framesIn(this.#clip ?? { duration: null, times: null, frames: null }, start, end, this.#fps);
  }

  /** @param {keyof Part} end */
  #at(end) {
    return this.#part[end] ?? this.#given().until;
  }

  #tellPart() {
    this.#onPart(this.#part.start, this.#at("end"));
  }

  get #moves() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll("[name=motion_source]"));
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
    return find(this, `[data-slider=${end}]`, HTMLInputElement);
  }

  /** @param {keyof Part} end */
  #typed(end) {
    const ms = Math.round(this.#number(end).valueAsNumber * 1000);
    if (Number.isFinite(ms)) this.#choose(end, Math.max(0, ms));
    else if (end === "end") this.#part.end = null;
    this.#show();
    this.#onScrub(this.#at(end));
    this.#tellPart();
  }

  /** @param {keyof Part} end */
  #dragged(end) {
    this.#choose(end, this.#slider(end).valueAsNumber * STEP_MS);
    this.#show();
    this.#onScrub(this.#at(end));
  }

  /** Up to the clip's very end is an open end, where so much can be shown. @param {keyof Part} end @param {number} ms */
  #choose(end, ms) {
    const most = this.#clip?.duration ?? LONGEST_MS;
    if (end === "start") {
      this.#part.start = Math.min(most, ms);
      return;
    }
    this.#part.end = null;
    if (ms < most || this.#given().until < most) this.#part.end = Math.min(most, ms);
  }

  #changed() {
    this.#show();
    this.dispatchEvent(new Event("motionsource", { bubbles: true }));
  }

  #show() {
    const most = this.#clip?.duration ?? null;
    find(this, "[data-range]", HTMLElement).hidden = !this.own;
    find(this, "[data-bounds]", HTMLElement).hidden = most === null;
    for (const end of /** @type {const} */ (["start", "end"])) {
      const [number, slider, ms] = [this.#number(end), this.#slider(end), this.#at(end)];
      const words = (ms / 1000).toFixed(2);
      number.value = words;
      slider.max = String(Math.ceil((most ?? LONGEST_MS) / STEP_MS));
      slider.value = ms === most ? slider.max : String(Math.round(ms / STEP_MS));
      slider.setAttribute("aria-valuetext", `${words} seconds`);
    }
    for (const place of this.querySelectorAll("[data-error]")) place.textContent = "";
    const problem = this.own ? this.#problem() : null;
    if (problem) find(this, `[data-error=${problem.about}]`, HTMLElement).textContent = problem.words;
    find(this, "[data-summary]", HTMLElement).textContent = problem ? "" : this.#gives();
  }

  /** What is wrong with the part, in the server's own words. */
  #problem() {
    const { start, end } = this.#part;
    const clip = this.#clip;
    if (!clip || clip.duration === null) return null;
    if (this.#at("end") <= start) return { about: END.end, words: "The end must come after the beginning." };
    if (end !== null && end - start > LONGEST_MS) return { about: END.end, words: TOO_LONG };
    if (this.#given().frames >= FEWEST_FRAMES) return null;
    return this.#fps === null ? { about: END.end, words: ONE_PICTURE } : { about: RATE, words: ONE_AT_THIS_RATE };
  }

  #gives() {
    const clip = this.#clip;
    if (!clip) return "";
    if (clip.duration === null) return "This browser cannot show this clip. Its first 10 s are used, in up to 60 frames.";
    const { frames, of, exact, length, longest } = this.#given();
    const time = `${inSeconds(length)}.`;
    if (longest !== null) return `${pluralize(frames, "frame")}, ${time} No picture is shown for longer than ${inSeconds(longest)}.`;
    if (of !== null && of > frames) return `${frames} of its ${of} frames, ${time}`;
    if (exact) return `${pluralize(frames, "frame")}, ${time}`;
    return of === null ? `Up to ${frames} frames, ${time}` : `About ${pluralize(frames, "frame")}, ${time}`;
  }
}

/** @param {number} ms */
const inSeconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

customElements.define("clip-range", ClipRange);
