/** Show the moving previews of presets; while one is being drawn, poll until it is done. */

import { firstFrame } from "../bitmaps.js";
import { prefersReducedMotion } from "../dom.js";

const POLL_MS = 1500;
const TIME_LIMIT_MS = 120_000;
const DRAWING = "The new preview is being drawn.";
const TIMED_OUT = "Not drawn yet: is a worker running? Reload the page later.";

/** @typedef {{src: string, fresh: boolean}} State */

class PresetPreview extends HTMLElement {
  connectedCallback() {
    for (const image of this.querySelectorAll("img")) reduceMotion(image);
    if (this.hasAttribute("stale")) watch(this);
  }

  /** @param {State} state */
  show(state) {
    const image = this.querySelector("img") ?? this.#image();
    if (state.src && image.getAttribute("src") !== state.src) image.src = state.src;
    image.hidden = !state.src;
    this.toggleAttribute("stale", !state.fresh);
    this.say(state.fresh ? "" : DRAWING);
  }

  /** @param {string} text */
  say(text) {
    const note = this.querySelector(".note");
    if (note && note.textContent !== text) note.textContent = text;
  }

  #image() {
    const image = document.createElement("img");
    image.alt = "";
    image.width = image.height = 64;
    reduceMotion(image);
    this.prepend(image);
    return image;
  }
}

/** Show only the first frame to people who asked for less motion. @param {HTMLImageElement} image */
function reduceMotion(image) {
  if (!prefersReducedMotion()) return;
  const freeze = () => {
    firstFrame(image).toBlob((blob) => {
      if (blob) image.src = URL.createObjectURL(blob);
    });
  };
  if (image.complete && image.naturalWidth) freeze();
  else image.addEventListener("load", freeze, { once: true });
}

/** @type {Set<PresetPreview>} */
const drawing = new Set();
let since = 0;
let timer = 0;

/** @param {PresetPreview} element */
function watch(element) {
  drawing.add(element);
  if (timer) return;
  since = performance.now();
  timer = window.setTimeout(poll, POLL_MS);
}

async function poll() {
  const [first] = drawing;
  const states = first ? await fetchStates(first.dataset.states ?? "") : {};
  for (const element of drawing) {
    const state = states[element.dataset.key ?? ""];
    if (state) element.show(state);
    if (state?.fresh) drawing.delete(element);
  }
  if (drawing.size && performance.now() - since < TIME_LIMIT_MS) {
    timer = window.setTimeout(poll, POLL_MS);
    return;
  }
  for (const element of drawing) element.say(TIMED_OUT);
  drawing.clear();
  timer = 0;
}

/** @param {string} address @returns {Promise<Record<string, State>>} empty when no answer came */
async function fetchStates(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

customElements.define("preset-preview", PresetPreview);
