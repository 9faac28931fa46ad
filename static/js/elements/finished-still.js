/** Show a still picture as files show it, in the place of the picture that the element holds. */

import { drawBitmap } from "../bitmaps.js";
import { find, make, onceInSight } from "../dom.js";

/** How many pixels the drawing has for one of the page. */
const DENSITY = 2;

export class FinishedStill extends HTMLElement {
  connectedCallback() {
    const { finish } = this.dataset;
    this.removeAttribute("data-finish"); // it is drawn once, also where it is moved
    if (finish) onceInSight(this, () => this.#draw(JSON.parse(finish)));
  }

  /** @param {{finish: import("../schema.js").Finish, canvas: import("../finish/placing.js").SizeRule, font: string}} setup */
  async #draw({ finish, canvas: rule, font }) {
    const image = find(this, "img", HTMLImageElement);
    const [{ artistFor, prepare }] = await Promise.all([import("../finish/draw.js"), image.decode()]);
    await prepare(finish, font);
    const bitmap = await createImageBitmap(image);
    const artist = artistFor([bitmap], finish, rule);
    if (!artist) return;
    const [width, height] = [DENSITY * image.width, DENSITY * image.height].map(String);
    const canvas = make("canvas", { width: /** @type {string} */ (width), height: /** @type {string} */ (height), "aria-hidden": "true" });
    drawBitmap(canvas, artist.draw(bitmap));
    image.replaceWith(canvas);
  }
}

customElements.define("finished-still", FinishedStill);
