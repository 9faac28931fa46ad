/**
 * Moving previews of the curated motions: while one is being drawn, its element asks until the new one is there.
 */

const EVERY_MS = 1500;
const PATIENCE_MS = 120_000;
const WAITING = "The new preview is being drawn.";
const GIVEN_UP = "Not drawn yet: is a worker running? Reload the page later.";

/** @typedef {{src: string, fresh: boolean}} State */

const still = matchMedia("(prefers-reduced-motion: reduce)");

class PresetPreview extends HTMLElement {
  connectedCallback() {
    for (const image of this.querySelectorAll("img")) freezeIfAsked(image);
    if (this.hasAttribute("stale")) watch(this);
  }

  /** @param {State} state */
  show(state) {
    const image = this.querySelector("img") ?? this.#image();
    if (state.src && image.getAttribute("src") !== state.src) image.src = state.src;
    image.hidden = !state.src;
    this.toggleAttribute("stale", !state.fresh);
    this.say(state.fresh ? "" : WAITING);
  }

  /** @param {string} words */
  say(words) {
    const note = this.querySelector(".note");
    if (note && note.textContent !== words) note.textContent = words;
  }

  #image() {
    const image = document.createElement("img");
    image.alt = "";
    image.width = image.height = 64;
    freezeIfAsked(image);
    this.prepend(image);
    return image;
  }
}

/** Show only the first frame to people who asked for less motion. @param {HTMLImageElement} image */
function freezeIfAsked(image) {
  if (!still.matches) return;
  const freeze = () => {
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    canvas.toBlob((blob) => {
      if (blob) image.src = URL.createObjectURL(blob);
    });
  };
  if (image.complete && image.naturalWidth) freeze();
  else image.addEventListener("load", freeze, { once: true });
}

/** @type {Set<PresetPreview>} */
const waiting = new Set();
let since = 0;
let timer = 0;

/** @param {PresetPreview} element */
function watch(element) {
  waiting.add(element);
  if (timer) return;
  since = performance.now();
  timer = window.setTimeout(ask, EVERY_MS);
}

async function ask() {
  const [first] = waiting;
  const states = first ? await fetchStates(first.dataset.states ?? "") : {};
  for (const element of waiting) {
    const state = states[element.dataset.key ?? ""];
    if (state) element.show(state);
    if (state?.fresh) waiting.delete(element);
  }
  if (waiting.size && performance.now() - since < PATIENCE_MS) {
    timer = window.setTimeout(ask, EVERY_MS);
    return;
  }
  for (const element of waiting) element.say(GIVEN_UP);
  waiting.clear();
  timer = 0;
}

/** @param {string} address @returns {Promise<Record<string, State>>} nothing when no answer came */
async function fetchStates(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

customElements.define("preset-preview", PresetPreview);
