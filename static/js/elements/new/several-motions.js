/** Let a person choose several motions of one picture: they tick them in the gallery, and type others one a line. */

import { find, make } from "../../dom.js";
import { gettext, interpolate, ngettext } from "../../i18n.js";

/** @import { MotionPicker } from "../motion/motion-picker.js" */

export class SeveralMotions {
  #picker;
  #box;
  #button;
  #one;
  #many;
  #most;
  #oneText;
  #oneHint = "";

  /** @param {MotionPicker} picker @param {HTMLInputElement} box which turns it on @param {HTMLButtonElement} button that makes them */
  constructor(picker, box, button) {
    this.#picker = picker;
    this.#box = box;
    this.#button = button;
    this.#one = find(picker, "[name=prompt]", HTMLInputElement);
    this.#oneText = button.textContent ?? "";
    this.#most = Number(box.dataset.most);
    this.#many = make("textarea", { rows: "4", hidden: "", "aria-label": gettext("Motions, one a line"), placeholder: gettext("One motion a line: slow nod, wobble twice…") });
    this.#one.after(this.#many);
    box.addEventListener("change", () => this.#switch());
    for (const name of ["input", "change"]) picker.addEventListener(name, () => this.#count());
    if (box.checked) this.#switch(); // the browser has kept the form on the way back
  }

  get isOn() {
    return this.#box.checked && !this.#picker.clipRange.isOwnMotion;
  }

  /** Get the motions: the ticked ones by their names, then the lines. @returns {string[]} */
  get motions() {
    const ticked = [...this.#presets].filter((box) => box.checked).map((box) => box.value);
    const lines = this.#many.value.split("\n").map((line) => line.trim()).filter(Boolean);
    return [...new Set([...ticked, ...lines])];
  }

  /** Get what is wrong with the choice; "" where nothing is. */
  get problem() {
    const { length } = this.motions;
    if (length < 2) return gettext("Pick two motions or more, or choose one alone.");
    const values = { most: this.#most, count: length };
    return length > this.#most ? interpolate(gettext("A set has %(most)s emojis at most; these are %(count)s."), values) : "";
  }

  get #presets() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.#picker.querySelectorAll("[name=preset]"));
  }

  #switch() {
    const isOn = this.#box.checked;
    const words = [this.#one.value.trim(), ...this.#many.value.split("\n")].filter(Boolean);
    if (isOn) this.#many.value = words.join("\n");
    this.#one.value = isOn ? "" : (words[0] ?? "");
    const line = find(this.#picker, "[data-understood]", HTMLElement);
    this.#oneHint ||= line.dataset.hint ?? "";
    line.dataset.hint = isOn ? gettext("One motion on each line, beside those that you tick below.") : this.#oneHint;
    this.#one.hidden = isOn;
    this.#many.hidden = !isOn;
    let isFirst = !this.#one.value; // of several that are ticked, the first stays
    for (const box of this.#presets) {
      const { checked } = box;
      box.type = isOn ? "checkbox" : "radio";
      box.checked = checked && (isOn || isFirst);
      if (checked) isFirst = false;
    }
    this.#one.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #count() {
    const { length } = this.motions;
    const text = interpolate(ngettext("Make a set of %(count)s", "Make a set of %(count)s", length), { count: length });
    this.#button.textContent = this.isOn && length > 1 ? text : this.#oneText;
  }
}
