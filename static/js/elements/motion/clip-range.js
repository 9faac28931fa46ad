/** Choose whether a clip keeps its own motion, and then which range of it at which frame rate. */

import { sampleClip } from "../../clips/sampling.js";
import { find } from "../../dom.js";
import { countFrames, formatSeconds } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";

/**
 * @import { Clip } from "../../clips/read-clip.js"
 * @import { LoopLimits } from "../../clips/sampling.js"
 * @import { GenerateOptions } from "../../schema.js"
 */

/** @typedef {{start: number, end: number|null, fps: number|null}} Range of a clip, as a project has it */
/** @typedef {{start: number, end: number|null}} Ends in ms; an end that nobody chose is left to the server */
/** @typedef {{too_long: string, one_picture: string, one_picture_at_rate: string}} Messages */

const STEP_MS = 50;
const UNKNOWN_CLIP = { duration: null, times: null, frames: null };
/** The choice of the clip's own frames, as many as a loop may have. */
const ALL_FRAMES = "all";
const ENDS = /** @type {const} */ (["start", "end"]);

export class ClipRange extends HTMLElement {
  /** @type {(at: number) => void} */
  #onScrub = () => {};
  /** @type {(start: number, end: number) => void} */
  #onRange = () => {};
  /** The server's rules, written into the page. @type {{limits: LoopLimits, messages: Messages}} */
  #rules = /** @type {any} */ (null);
  /** @type {Clip|null} */
  #clip = null;
  /** @type {Ends} */
  #range = { start: 0, end: null };

  connectedCallback() {
    this.#rules = JSON.parse(find(this, "#clip-rules", HTMLScriptElement).textContent ?? "");
    for (const end of ENDS) {
      this.#number(end).addEventListener("change", () => this.#onTyped(end));
      this.#number(end).addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault(); // take the number; do not submit the form
        this.#onTyped(end);
      });
      this.#slider(end).addEventListener("input", () => this.#onDragged(end));
      this.#slider(end).addEventListener("change", () => this.#notifyRange());
    }
    this.#rate.addEventListener("change", () => this.#show());
    for (const radio of this.#motionSources) radio.addEventListener("change", () => this.#onMotionSource());
  }

  /**
   * Call back while a person chooses a range.
   *
   * @param {(at: number) => void} onScrub called with the moment under a dragged end, in ms
   * @param {(start: number, end: number) => void} onRange called with a range once it is chosen, in ms
   */
  follow(onScrub, onRange) {
    this.#onScrub = onScrub;
    this.#onRange = onRange;
  }

  /** Show a clip, or nothing for a still picture. @param {Clip|null} clip */
  set(clip) {
    this.#clip = clip;
    this.#range = { start: 0, end: null };
    this.hidden = !clip;
    this.#onMotionSource();
  }

  /** Show what a project uses already. @param {Range & {frames: number}} used @param {boolean} isOwnMotion */
  restore({ start, end, fps, frames }, isOwnMotion) {
    this.#range = { start, end };
    const own = isOwnMotion && frames > this.#rules.limits.usual_frames ? ALL_FRAMES : "";
    const rate = fps === null ? own : String(fps);
    if (![...this.#rate.options].some((option) => option.value === rate)) {
      this.#rate.add(new Option(interpolate(gettext("%(rate)s per second"), { rate }), rate));
    }
    this.#rate.value = rate;
    for (const radio of this.#motionSources) radio.checked = radio.value === (isOwnMotion ? "own" : "drawn");
    this.#onMotionSource();
  }

  /** Tell whether this is a clip that keeps its own motion. */
  get isOwnMotion() {
    return this.#clip !== null && [...this.#motionSources].some((radio) => radio.checked && radio.value === "own");
  }

  /** Get what is chosen; null where it cannot be, and then the element says why. @returns {GenerateOptions|null} */
  options() {
    this.#show();
    const { start, end } = this.#range;
    const duration = this.#clip?.duration ?? null;
    if (duration === null) return { generator: "clip", clip_start_ms: 0, clip_end_ms: null, ...this.#frames() };
    if (this.#problem()) return null;
    // The clip's own end is left to the server, which may know it more exactly than the browser.
    const isOpen = end === null || end >= duration;
    return { generator: "clip", clip_start_ms: start, clip_end_ms: isOpen ? null : end, ...this.#frames() };
  }

  #frames() {
    return this.#fps === null ? { clip_fps: null, frame_count: this.#most } : { clip_fps: this.#fps };
  }

  /** Get how many frames are taken at most of the clip's own. */
  get #most() {
    const { max_frames, usual_frames } = this.#rules.limits;
    return this.#rate.value === ALL_FRAMES ? max_frames : usual_frames;
  }

  /** Get how many frames there will be, about. */
  get frameCount() {
    return this.#sample().frames;
  }

  #sample() {
    return sampleClip(this.#clip ?? UNKNOWN_CLIP, { ...this.#range, fps: this.#fps, most: this.#most }, this.#rules.limits);
  }

  /** @param {keyof Ends} end */
  #at(end) {
    return this.#range[end] ?? this.#sample().until;
  }

  #notifyRange() {
    this.#onRange(this.#range.start, this.#at("end"));
  }

  get #motionSources() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll("[name=motion_source]"));
  }

  get #rate() {
    return find(this, "[data-rate]", HTMLSelectElement);
  }

  get #fps() {
    return Number(this.#rate.value) || null;
  }

  /** @param {keyof Ends} end */
  #number(end) {
    return find(this, `[data-seconds=${end}]`, HTMLInputElement);
  }

  /** @param {keyof Ends} end */
  #slider(end) {
    return find(this, `[data-slider=${end}]`, HTMLInputElement);
  }

  /** @param {keyof Ends} end */
  #onTyped(end) {
    const ms = Math.round(this.#number(end).valueAsNumber * 1000);
    if (Number.isFinite(ms)) this.#choose(end, Math.max(0, ms));
    else if (end === "end") this.#range.end = null;
    this.#show();
    this.#onScrub(this.#at(end));
    this.#notifyRange();
  }

  /** @param {keyof Ends} end */
  #onDragged(end) {
    this.#choose(end, this.#slider(end).valueAsNumber * STEP_MS);
    this.#show();
    this.#onScrub(this.#at(end));
  }

  /** Choose an end. The clip's own end counts as open where the range may reach it. @param {keyof Ends} end @param {number} ms */
  #choose(end, ms) {
    const most = this.#clip?.duration ?? this.#rules.limits.max_ms;
    if (end === "start") {
      this.#range.start = Math.min(most, ms);
      return;
    }
    this.#range.end = null;
    if (ms < most || this.#sample().until < most) this.#range.end = Math.min(most, ms);
  }

  #onMotionSource() {
    this.#show();
    this.dispatchEvent(new Event("motionsource", { bubbles: true }));
  }

  #show() {
    const duration = this.#clip?.duration ?? null;
    find(this, "[data-range]", HTMLElement).hidden = !this.isOwnMotion;
    find(this, "[data-bounds]", HTMLElement).hidden = duration === null;
    for (const end of ENDS) this.#showEnd(end, duration);
    for (const place of this.querySelectorAll("[data-error]")) place.textContent = "";
    const problem = this.isOwnMotion ? this.#problem() : null;
    if (problem) find(this, `[data-error=${problem.field}]`, HTMLElement).textContent = problem.message;
    find(this, "[data-summary]", HTMLElement).textContent = problem ? "" : this.#summary();
  }

  /** @param {keyof Ends} end @param {number|null} duration */
  #showEnd(end, duration) {
    const [number, slider, ms] = [this.#number(end), this.#slider(end), this.#at(end)];
    number.value = (ms / 1000).toFixed(2);
    slider.max = String(Math.ceil((duration ?? this.#rules.limits.max_ms) / STEP_MS));
    slider.value = ms === duration ? slider.max : String(Math.round(ms / STEP_MS));
    slider.setAttribute("aria-valuetext", interpolate(gettext("%(seconds)s seconds"), { seconds: number.value }));
  }

  /** Find what the server would refuse about the range. */
  #problem() {
    const { start, end } = this.#range;
    const { limits, messages } = this.#rules;
    if (!this.#clip || this.#clip.duration === null) return null;
    if (this.#at("end") <= start) return { field: "clip_end_ms", message: gettext("The end must come after the beginning.") };
    if (end !== null && end - start > limits.max_ms) return { field: "clip_end_ms", message: messages.too_long };
    if (this.#sample().frames >= limits.min_frames) return null;
    if (this.#fps === null) return { field: "clip_end_ms", message: messages.one_picture };
    return { field: "clip_fps", message: messages.one_picture_at_rate };
  }

  #summary() {
    const { max_ms } = this.#rules.limits;
    if (!this.#clip) return "";
    if (this.#clip.duration === null) {
      const text = gettext("This browser cannot show this clip. Its first %(seconds)s s are used, in up to %(frames)s frames.");
      return interpolate(text, { seconds: max_ms / 1000, frames: this.#most });
    }
    const { frames, of, exact, length, longest } = this.#sample();
    const values = { count: frames, frames: countFrames(frames), all: of ?? "", time: inSeconds(length), longest: inSeconds(longest ?? 0) };
    if (longest !== null) return interpolate(gettext("%(frames)s, %(time)s. No picture is shown for longer than %(longest)s."), values);
    if (of !== null && of > frames) return interpolate(gettext("%(count)s of its %(all)s frames, %(time)s."), values);
    if (exact) return interpolate(gettext("%(frames)s, %(time)s."), values);
    return interpolate(of === null ? gettext("Up to %(count)s frames, %(time)s.") : gettext("About %(frames)s, %(time)s."), values);
  }
}

/** @param {number} ms */
const inSeconds = (ms) => formatSeconds(ms, 2);

customElements.define("clip-range", ClipRange);
