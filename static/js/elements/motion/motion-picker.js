/** Choose how an emoji moves: words or a preset, and some options folded away. */

import { ApiError, readMotion } from "../../api.js";
import { find } from "../../dom.js";
import { mattingEngines, shorten } from "../../engines.js";
import { errorMessage } from "../../feedback.js";
import { countFrames, formatSeconds } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";
import { ClipRange } from "./clip-range.js";
import { estimateText } from "./estimates.js";

/** @import { GenerateOptions } from "../../schema.js" */

const DEBOUNCE_MS = 250;
const NUMBERS = /** @type {const} */ (["frame_count", "frame_ms", "size", "candidates"]);

export class MotionPicker extends HTMLElement {
  /** @type {AbortController|null} */
  #reading = null;
  #timer = 0;
  /** The time of a frame in ms, as it was last chosen. */
  #frameMs = 0;

  connectedCallback() {
    const words = this.#words;
    words.addEventListener("input", () => {
      if (words.value.trim()) for (const preset of this.#presets) preset.checked = false;
      this.showError("prompt", "");
      this.#scheduleRead();
    });
    this.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement && event.target.name === "preset") {
        words.value = "";
        this.showError("prompt", "");
        this.#scheduleRead();
      }
    });
    this.addEventListener("input", () => this.#showNumbers());
    this.addEventListener("motionsource", () => this.classList.toggle("keeps-motion", this.clipRange.isOwnMotion));
    for (const name of ["input", "change", "motionsource"]) this.addEventListener(name, () => this.#estimate());
    const folded = find(this, "details", HTMLDetailsElement);
    folded.addEventListener("toggle", () => folded.open && void this.#showEngines());
    this.#showNumbers();
    this.#estimate();
    if (folded.open) void this.#showEngines();
    if (words.value !== words.defaultValue) words.dispatchEvent(new Event("input", { bubbles: true })); // typed before
    else if (words.value) this.#scheduleRead();
  }

  get #words() {
    return find(this, "[name=prompt]", HTMLInputElement);
  }

  get #presets() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll("[name=preset]"));
  }

  /** Get the element that chooses the range of a clip. */
  get clipRange() {
    return find(this, "clip-range", ClipRange);
  }

  /** Get what is chosen; null when something is missing, and then the element says what. @returns {GenerateOptions|null} */
  options() {
    if (this.clipRange.isOwnMotion) {
      const range = this.clipRange.options();
      const { size, matte } = this.choices;
      return range && { ...range, size, matte };
    }
    const motion = this.#motion();
    if (!motion) this.showError("prompt", gettext("Pick a motion, or describe one in words."));
    return motion;
  }

  /** Get what is chosen beside the motion. */
  get choices() {
    const matte = /** @type {GenerateOptions["matte"]} */ (this.#value("matte") || "auto");
    /** @type {GenerateOptions} */
    const options = { matte };
    for (const name of NUMBERS) options[name] = Number(this.#value(name));
    return options;
  }

  /** @returns {GenerateOptions|null} */
  #motion() {
    const prompt = this.#words.value.trim();
    const preset = [...this.#presets].find((radio) => radio.checked)?.value;
    if (!prompt && !preset) return null;
    return { ...(prompt ? { prompt } : { preset: preset ?? "" }), ...this.choices };
  }

  /** Show each error beside its field, and return the text of those without one. @param {unknown} error */
  showErrors(error) {
    if (!(error instanceof ApiError)) return errorMessage(error);
    const others = error.errors.filter(({ attr, detail }) => !this.showError(attr ?? "", detail));
    return others.map(({ detail }) => detail).join(" ");
  }

  /** Show an error beside its field. @param {string} attr @param {string} text @returns {boolean} whether there is a place for it */
  showError(attr, text) {
    const place = attr && this.querySelector(`[data-error="${/^(preset|motions)/.test(attr) ? "prompt" : attr}"]`);
    if (!place) return false;
    place.textContent = text;
    const folded = place.closest("details");
    if (text && folded) folded.open = true;
    return true;
  }

  clear() {
    for (const place of this.querySelectorAll("[data-error]")) place.textContent = "";
  }

  /** Say why engines cannot run now in the place of their hints. */
  async #showEngines() {
    const engines = await mattingEngines().catch(() => []);
    for (const engine of engines) {
      const radio = this.querySelector(`[name=matte][value="${engine.slug}"]`);
      if (!(radio instanceof HTMLInputElement)) continue;
      radio.disabled = !engine.available && !radio.checked;
      const hint = engine.available ? radio.dataset.hint : shorten(engine.reason);
      find(radio.closest("label") ?? this, ".hint", HTMLElement).textContent = hint ?? "";
    }
  }

  /** @param {string} name */
  #value(name) {
    const field = this.querySelector(`[name="${name}"]:checked, input[type=range][name="${name}"], select[name="${name}"]`);
    return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : "";
  }

  /** Show how long the loop is. Another rate takes another number of frames, and the same time. */
  #showNumbers() {
    const range = find(this, "[name=frame_count]", HTMLInputElement);
    const each = Number(this.#value("frame_ms"));
    if (this.#frameMs && each !== this.#frameMs) range.value = String(Math.round((Number(range.value) * this.#frameMs) / each));
    this.#frameMs = each;
    const length = Number(range.value) * each;
    find(this, "[data-output=length]", HTMLOutputElement).value = formatSeconds(length, length < 1000 ? 2 : 1);
    find(this, "[data-output=frames]", HTMLElement).textContent = interpolate(gettext("%(frames)s, %(each)s ms each."), { frames: countFrames(Number(range.value)), each });
  }

  #estimate() {
    const [count, versions] = [Number(this.#value("frame_count")), Number(this.#value("candidates"))];
    const { isOwnMotion, frameCount } = this.clipRange;
    const work = isOwnMotion
      ? { mattes: frameCount, frames: frameCount, drawn: frameCount }
      : { mattes: 1, frames: count, drawn: count * versions };
    const text = estimateText(this, { matte: this.#value("matte") || "auto", size: Number(this.#value("size")), ...work });
    find(this.closest("form") ?? this, "[data-estimate]", HTMLElement).textContent = text; // beside the button
  }

  #scheduleRead() {
    clearTimeout(this.#timer);
    this.#reading?.abort();
    const text = this.#words.value.trim();
    if (!text) return this.#say("", true);
    this.#timer = window.setTimeout(() => this.#read(text), DEBOUNCE_MS);
  }

  /** @param {string} text */
  async #read(text) {
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    try {
      const read = await readMotion(text, signal);
      const words = read.unknown.map((word) => `“${word}”`).join(", ");
      const unknown = words && interpolate(gettext("Not understood: %(words)s."), { words });
      const notes = read.notes.filter((note) => !read.understood_as.includes(note)).join(" ");
      const said = read.recipe
        ? [interpolate(gettext("Understood as %(motion)s."), { motion: read.understood_as }), unknown, notes]
        : [gettext("No motion found in these words yet."), notes || gettext("Try “subtle bounce” or “slow zoom”.")];
      this.#say(said.filter(Boolean).join(" "), Boolean(read.recipe));
    } catch (error) {
      if (!signal.aborted) this.#say(error instanceof ApiError ? error.message : "", false);
    }
  }

  /** @param {string} text @param {boolean} understood */
  #say(text, understood) {
    const line = find(this, "[data-understood]", HTMLElement);
    line.textContent = text || (line.dataset.hint ?? "");
    line.classList.toggle("unsure", !understood && Boolean(text));
    line.classList.toggle("understood", understood && Boolean(text));
  }
}

customElements.define("motion-picker", MotionPicker);
