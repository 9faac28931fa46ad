/** Compare the picture with the chosen candidate's cutout or matte, along a line that can be dragged. */

import { find, showImage } from "../../../dom.js";
import { engineName } from "../../../engines.js";
import { frameName } from "../../../format.js";
import { gettext, interpolate } from "../../../i18n.js";
import { chosenCandidate } from "../../../live/statuses.js";

/**
 * @import { Frame, ProjectDetail } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

/** @typedef {"cutout"|"matte"} Side */
/** @typedef {{picture: string|null, matte: string|null, cutout: string|null, about: string}} Compared */

export class FrameViewer extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** The side right of the line. @type {Side} */
  #side = "cutout";

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    const line = find(this, "[data-line]", HTMLInputElement);
    const stage = find(this, "[data-stage]", HTMLElement);
    line.addEventListener("input", () => stage.style.setProperty("--split", `${line.value}%`));
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
    if (frame) find(this, "[data-frame]", HTMLElement).textContent = frameName(frame.index);
    const compared = frame && comparedOf(this.#store.project, frame);
    const after = compared?.[this.#side] ?? null;
    const name = this.#side === "matte" ? gettext("Matte") : gettext("Cutout");
    for (const button of this.querySelectorAll("[data-side]")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-side") === this.#side));
    }
    showImage(find(this, "[data-before]", HTMLImageElement), compared?.picture ?? null);
    showImage(find(this, "[data-after]", HTMLImageElement), after);
    find(this, "[data-stage]", HTMLElement).dataset.sideShown = after ? this.#side : "nothing";
    find(this, "[data-after-name]", HTMLElement).textContent = name;
    const line = find(this, "[data-line]", HTMLInputElement);
    line.disabled = !after;
    line.setAttribute("aria-label", this.#side === "matte" ? gettext("Line between the picture and its matte") : gettext("Line between the picture and its cutout"));
    find(this, "[data-about]", HTMLElement).textContent = compared?.about ?? "";
  }
}

/**
 * Get the files to compare. A clip's frame has a picture of its own; a drawn one is a cutout from the start, so it is
 * compared with the picture that it was drawn from.
 *
 * @param {ProjectDetail} project @param {Frame} frame @returns {Compared}
 */
function comparedOf(project, frame) {
  const name = frameName(frame.index);
  const isClip = project.generator === "clip";
  const chosen = chosenCandidate(frame);
  if (!chosen?.cutout_url) {
    const failed = frame.status === "failed";
    const about = interpolate(failed ? gettext("%(frame)s failed: there is nothing to compare.") : gettext("%(frame)s is not there yet."), { frame: name });
    return { picture: failed && isClip ? null : project.source.url, matte: null, cutout: null, about };
  }
  const values = { frame: name, number: frame.index + 1, ms: frame.delay_ms };
  const about = isClip
    ? [interpolate(gettext("%(frame)s, %(ms)s ms."), values), madeBy(chosen.engine), gettext("Drag the line, or move it with the arrow keys.")]
    : [interpolate(gettext("Your picture, and frame %(number)s as it was drawn from it."), values), madeBy(chosen.engine)];
  const picture = isClip ? chosen.picture_url : project.source.url;
  return { picture, matte: chosen.alpha_url, cutout: chosen.preview_url, about: about.filter(Boolean).join(" ") };
}

/** @param {string} engine */
function madeBy(engine) {
  if (!engine || engine === "procedural") return "";
  return engine === "none" ? gettext("Its background was kept.") : interpolate(gettext("Cut out with: %(engine)s."), { engine: engineName(engine) });
}

customElements.define("frame-viewer", FrameViewer);
