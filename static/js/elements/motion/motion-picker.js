/** How it should move: typed words or a card of the gallery, and a few numbers folded away. */

import { ApiError, readMotion } from "../../api.js";
import { briefly, mattingEngines } from "../../engines.js";
import { find } from "../../dom.js";
import { errorMessage } from "../../feedback.js";
import { ClipRange } from "./clip-range.js";

/** @import { GenerateOptions } from "../../schema.js" */

const PAUSE_MS = 250;
const NUMBERS = /** @type {const} */ (["frame_count", "frame_ms", "size", "candidates"]);

export class MotionPicker extends HTMLElement {
  /** @type {AbortController|null} */
  #reading = null;
  #timer = 0;

  connectedCallback() {
    const words = this.#words;
    words.addEventListener("input", () => {
      if (words.value.trim()) for (const preset of this.#presets) preset.checked = false;
      this.showError("prompt", "");
      this.#soon();
    });
    this.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement && event.target.name === "preset") {
        words.value = "";
        this.showError("prompt", "");
        this.#soon();
      }
    });
    this.addEventListener("input", () => this.#outputs());
    this.addEventListener("motionsource", () => this.classList.toggle("keeps-motion", this.clipRange.own));
    const folded = find(this, "details", HTMLDetailsElement);
    folded.addEventListener("toggle", () => folded.open && void this.#engines());
    this.#outputs();
    if (words.value) this.#soon();
  }

  get #words() {
    return find(this, "[name=prompt]", HTMLInputElement);
  }

  get #presets() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll("[name=preset]"));
  }

  /** Of a clip: what is to be taken of it. */
  get clipRange() {
    return find(this, "clip-range", ClipRange);
  }

  /** What is chosen; `null` when something is missing, and then what is said. @returns {GenerateOptions|null} */
  choices() {
    const matte = /** @type {GenerateOptions["matte"]} */ (this.#value("matte") || "auto");
    if (this.clipRange.own) {
      const part = this.clipRange.choices();
      return part && { ...part, size: Number(this.#value("size")), matte };
    }
    const motion = this.#motion();
    if (!motion) this.showError("prompt", "Pick a motion, or describe one in words.");
    return motion && { ...motion, matte };
  }

  /** @returns {GenerateOptions|null} */
  #motion() {
    const prompt = this.#words.value.trim();
    const preset = [...this.#presets].find((radio) => radio.checked)?.value;
    if (!prompt && !preset) return null;
    /** @type {GenerateOptions} */
    const choices = prompt ? { prompt } : { preset: preset ?? "" };
    for (const name of NUMBERS) choices[name] = Number(this.#value(name));
    return choices;
  }

  /** Put each complaint where it belongs; what belongs nowhere here is returned. @param {unknown} error */
  show(error) {
    if (!(error instanceof ApiError)) return errorMessage(error);
    const elsewhere = error.errors.filter((one) => !this.showError(one.attr ?? "", one.detail));
    return elsewhere.map((one) => one.detail).join(" ");
  }

  /** @param {string} attr @param {string} words @returns {boolean} whether there is a place for it */
  showError(attr, words) {
    const place = attr && this.querySelector(`[data-error="${attr === "preset" ? "prompt" : attr}"]`);
    if (!place) return false;
    place.textContent = words;
    const folded = place.closest("details");
    if (words && folded) folded.open = true;
    return true;
  }

  clear() {
    for (const place of this.querySelectorAll("[data-error]")) place.textContent = "";
  }

  /** Engines that cannot run now say so in the place of their hint. */
  async #engines() {
    const engines = await mattingEngines().catch(() => []);
    for (const engine of engines) {
      const radio = this.querySelector(`[name=matte][value="${engine.slug}"]`);
      if (!(radio instanceof HTMLInputElement)) continue;
      radio.disabled = !engine.available && !radio.checked;
      const hint = engine.available ? radio.dataset.hint : briefly(engine.reason);
      find(radio.closest("label") ?? this, ".hint", HTMLElement).textContent = hint ?? "";
    }
  }

  /** @param {string} name */
  #value(name) {
    const field = this.querySelector(`[name="${name}"]:checked, input[type=range][name="${name}"], select[name="${name}"]`);
    return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : "";
  }

  #outputs() {
    const count = Number(this.#value("frame_count"));
    const each = Number(this.#value("frame_ms"));
    find(this, "[data-output=frame_count]", HTMLOutputElement).value = String(count);
    find(this, "[data-output=frame_ms]", HTMLOutputElement).value = `${each} ms`;
    find(this, "[data-output=length]", HTMLElement).textContent = `One loop takes ${((count * each) / 1000).toFixed(1)} s.`;
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#reading?.abort();
    const text = this.#words.value.trim();
    if (!text) return this.#say("", false);
    this.#timer = window.setTimeout(() => this.#read(text), PAUSE_MS);
  }

  /** @param {string} text */
  async #read(text) {
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    try {
      const read = await readMotion(text, signal);
      const unknown = read.unknown.length ? ` I left out ${read.unknown.map((word) => `“${word}”`).join(", ")}.` : "";
      const notes = read.notes.filter((note) => !read.understood_as.includes(note)).join(" ");
      if (read.recipe) this.#say(`Understood as ${read.understood_as}.${unknown} ${notes}`.trim(), false);
      else this.#say(`No motion found in these words yet. ${notes || "Try “subtle bounce” or “slow zoom”."}`, true);
    } catch (error) {
      if (!signal.aborted) this.#say(error instanceof ApiError ? error.message : "", true);
    }
  }

  /** @param {string} words @param {boolean} doubtful */
  #say(words, doubtful) {
    const line = find(this, "[data-understood]", HTMLElement);
    line.textContent = words || (line.dataset.hint ?? "");
    line.classList.toggle("unsure", doubtful && Boolean(words));
    line.classList.toggle("understood", !doubtful && Boolean(words));
  }
}

customElements.define("motion-picker", MotionPicker);
