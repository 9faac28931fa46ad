/** Bring the form and the finish together: each field is named for what it changes, as "outline.width". */

import { find } from "../../../dom.js";

/**
 * @import { Finish } from "../../../schema.js"
 * @import { Draft } from "./draft.js"
 *
 * @typedef {"outline"|"shadow"|"caption"} Layer
 * @typedef {{[name in Layer]: NonNullable<Finish[name]>}} Layers
 */

const NONE = "none";
const CUSTOM = "custom";
/** @type {Layer[]} */
const LAYERS = ["outline", "shadow", "caption"];

export class Controls {
  #form;
  #draft;
  /** Each layer as it was last seen: one that is taken away comes back like that. @type {Layers} */
  #layers;

  /** @param {HTMLFormElement} form @param {Draft} draft @param {Layers} layers */
  constructor(form, draft, layers) {
    this.#form = form;
    this.#draft = draft;
    this.#layers = layers;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => target instanceof HTMLInputElement && this.#change(target));
    form.addEventListener("change", ({ target }) => target instanceof HTMLInputElement && target.type !== "text" && draft.keep());
  }

  /** Show the finish in all fields. */
  show() {
    const { finish } = this.#draft;
    for (const layer of LAYERS) this.#layers = { ...this.#layers, ...(finish[layer] && { [layer]: finish[layer] }) };
    for (const field of this.#form.elements) {
      if (!(field instanceof HTMLInputElement)) continue;
      const [part = "", name] = field.name.split(".");
      if (!name) field.checked = Boolean(finish[/** @type {Layer} */ (part)]);
      else fill(field, this.#valueOf(part, name));
    }
  }

  /** @param {string} part @param {string} name */
  #valueOf(part, name) {
    const { finish } = this.#draft;
    if (part === "caption" && name === "text" && !finish.caption) return "";
    const values = part === "placement" ? finish.placement : (finish[/** @type {Layer} */ (part)] ?? this.#layers[/** @type {Layer} */ (part)]);
    return /** @type {Record<string, string|number|boolean|null>} */ (values)[name] ?? null;
  }

  /** @param {HTMLInputElement} field */
  #change(field) {
    const [part = "", name] = field.name.split(".");
    const layer = /** @type {Layer} */ (part);
    if (!name) return this.#draft.change({ [layer]: field.checked ? this.#layers[layer] : null });
    const value = valueOf(field);
    if (part === "placement") return this.#draft.change({ placement: { ...this.#draft.finish.placement, [name]: value } });
    const changed = { ...(this.#draft.finish[layer] ?? this.#layers[layer]), [name]: value };
    this.#layers = { ...this.#layers, [layer]: changed };
    const isEmpty = layer === "caption" && !this.#layers.caption.text.trim();
    this.#draft.change({ [layer]: isEmpty ? null : changed });
  }

  /** Get the field of the caption's words. */
  get text() {
    return find(this.#form, "[name='caption.text']", HTMLInputElement);
  }
}

/** @param {HTMLInputElement} field @returns {string|number|boolean|null} */
function valueOf({ type, value, valueAsNumber, checked }) {
  if (type === "range") return valueAsNumber;
  if (type === "checkbox") return checked;
  return value === NONE ? null : value;
}

/** @param {HTMLInputElement} field @param {string|number|boolean|null} value */
function fill(field, value) {
  if (field.type === "radio") field.checked = field.value === (value ?? NONE);
  else if (field.type === "checkbox") field.checked = field.dataset.set ? value !== null : Boolean(value);
  else if (field.type === "color") showOwn(field, value);
  else if (field !== document.activeElement || field.type !== "text") field.value = String(value ?? field.value);
  if (field.type === "range") showValue(field);
}

/** Mark a colour of one's own as chosen where it is none of the others. @param {HTMLInputElement} field @param {string|number|boolean|null} value */
function showOwn(field, value) {
  const others = [...(field.form?.elements ?? [])].filter((other) => other instanceof HTMLInputElement && other.type === "radio" && other.name === field.name);
  const isOther = others.some((other) => /** @type {HTMLInputElement} */ (other).value === (value ?? NONE));
  field.closest("label")?.classList.toggle(CUSTOM, !isOther);
  if (!isOther) field.value = String(value);
}

/** Say a slider's value beside it: a share as a percentage. @param {HTMLInputElement} slider */
function showValue(slider) {
  const place = slider.parentElement?.querySelector("[data-value]");
  if (place) place.textContent = `${Math.round(slider.valueAsNumber * 100)} %`.replace("-", "−");
}
