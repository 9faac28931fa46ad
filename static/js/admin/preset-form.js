/** Show on a preset's form how its words and template are understood, and copy the recipe from them. */

const DEBOUNCE_MS = 250;

/**
 * @typedef {{understood_as: string, unknown: string[], notes: string[], differs: string, recipe: string|null,
 *   example: string, template_error: string}} Reading
 */

class PresetReading extends HTMLElement {
  /** @type {Reading|null} */
  #latest = null;
  #requests = 0;
  #timer = 0;

  connectedCallback() {
    for (const name of ["prompt", "recipe", "template"]) field(name)?.addEventListener("input", () => this.#scheduleRead());
    this.querySelector(".copy-recipe")?.addEventListener("click", () => this.#copyRecipe());
    this.#scheduleRead();
  }

  #scheduleRead() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#read(), DEBOUNCE_MS);
  }

  async #read() {
    const request = ++this.#requests;
    const reading = await fetchReading(this.dataset.reading ?? "");
    if (!reading || request !== this.#requests) return; // a newer request is under way
    this.#latest = reading;
    this.#show(reading);
  }

  /** @param {Reading} reading */
  #show(reading) {
    write(this, ".understood", field("prompt")?.value.trim() ? reading.understood_as : "–");
    const unknown = reading.unknown.length ? `Not understood: ${reading.unknown.join(", ")}.` : "";
    write(this, ".unknown", [unknown, ...reading.notes].join(" ").trim());
    write(this, ".differs", reading.differs);
    write(document, "output.example", reading.template_error || reading.example);
    document.querySelector("output.example")?.classList.toggle("wrong", Boolean(reading.template_error));
    const button = this.querySelector("button");
    if (button) {
      button.hidden = false;
      button.disabled = reading.recipe === null;
    }
  }

  #copyRecipe() {
    const recipe = field("recipe");
    if (recipe && this.#latest?.recipe) recipe.value = this.#latest.recipe;
    write(this, ".differs", "");
    recipe?.focus();
  }
}

/** @param {string} name @returns {HTMLInputElement|HTMLTextAreaElement|null} */
function field(name) {
  return document.querySelector(`#preset_form [name="${name}"]`);
}

/** @param {ParentNode} root @param {string} selector @param {string} text */
function write(root, selector, text) {
  const place = root.querySelector(selector);
  if (place && place.textContent !== text) place.textContent = text;
}

/** @param {string} address @returns {Promise<Reading|null>} null when no answer came */
async function fetchReading(address) {
  const body = new FormData();
  for (const name of ["prompt", "recipe", "template", "csrfmiddlewaretoken"]) body.set(name, field(name)?.value ?? "");
  try {
    const answer = await fetch(address, { method: "POST", body, signal: AbortSignal.timeout(10_000) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

customElements.define("preset-reading", PresetReading);
