/** Before and after, with a line between them that can be dragged: the picture, and its cutout or matte. */

import { find } from "../words.js";

/**
 * @import { Frame, Project } from "../shapes.js"
 * @import { Store } from "../store.js"
 */

/** @typedef {"cutout"|"matte"} Side */
/** @typedef {{picture: string|null, matte: string|null, cutout: string|null, about: string}} Compared */

export class FrameViewer extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** What is right of the line. @type {Side} */
  #side = "cutout";

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    const line = find(this, "[data-line]", HTMLInputElement);
    const stage = find(this, "[data-stage]", HTMLElement);
    line.addEventListener("input", () => stage.style.setProperty("--at", `${line.value}%`));
    for (const button of this.querySelectorAll("[data-side]")) {
      button.addEventListener("click", () => {
        this.#side = button.getAttribute("data-side") === "matte" ? "matte" : "cutout";
        this.#show();
      });
    }
    store.subscribe((topics) => {
      if (topics.has("frames") || topics.has("selection") || topics.has("project")) this.#show();
    });
  }

  #show() {
    const frame = this.#store.selectedFrame;
    const compared = frame && comparedOf(this.#store.project, frame);
    const after = compared?.[this.#side] ?? null;
    const name = this.#side === "matte" ? "Matte" : "Cutout";
    for (const button of this.querySelectorAll("[data-side]")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-side") === this.#side));
    }
    point(find(this, "[data-before]", HTMLImageElement), compared?.picture ?? null);
    point(find(this, "[data-after]", HTMLImageElement), after);
    find(this, "[data-stage]", HTMLElement).dataset.shows = after ? this.#side : "nothing";
    find(this, "[data-after-name]", HTMLElement).textContent = name;
    const line = find(this, "[data-line]", HTMLInputElement);
    line.disabled = !after;
    line.setAttribute("aria-label", `Line between the picture and its ${name.toLowerCase()}`);
    find(this, "[data-about]", HTMLElement).textContent = compared?.about ?? "";
  }
}

/**
 * A clip's frame has a picture of its own. A drawn one is a cutout from the start, so what can be compared is the
 * picture it was drawn from.
 *
 * @param {Project} project @param {Frame} frame @returns {Compared}
 */
function comparedOf(project, frame) {
  const { source } = project;
  if (project.generator !== "clip") {
    const about = source.cutout_url
      ? "Your picture and how it was cut out. The frames are drawn from that."
      : "Your picture. It has not been cut out yet.";
    return { picture: source.url, matte: source.alpha_url, cutout: source.cutout_url, about };
  }
  const chosen = frame.candidates.find((candidate) => candidate.id === frame.chosen);
  if (!chosen?.picture_url) {
    const failed = frame.status === "failed";
    const about = failed ? "This frame failed: there is nothing to compare." : "This frame is being cut out…";
    return { picture: failed ? null : source.url, matte: null, cutout: null, about };
  }
  return {
    picture: chosen.picture_url,
    matte: chosen.alpha_url,
    cutout: chosen.cutout_url,
    about: `Frame ${frame.index + 1}, ${frame.delay_ms} ms. Drag the line, or move it with the arrow keys.`,
  };
}

/** The old picture stays until the new one is there. @param {HTMLImageElement} image @param {string|null} url */
function point(image, url) {
  image.hidden = !url;
  if (url && image.getAttribute("src") !== url) image.src = url;
}

customElements.define("frame-viewer", FrameViewer);
