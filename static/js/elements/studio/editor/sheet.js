/** Show the cutout with its picture below it, and the marks of what is being mended. */

import { find, make } from "../../../dom.js";

/**
 * @import { View } from "./view.js"
 * @import { Target } from "./targets.js"
 */

export class Sheet {
  element;
  #view;
  #picture;
  #cutout;
  #asked = "";
  /** Resolves once the latest cutout is on the screen. @type {Promise<void>} */
  #shown = Promise.resolve();

  /** @param {HTMLElement} element @param {View} view */
  constructor(element, view) {
    this.element = element;
    this.#view = view;
    this.#picture = find(element, "[data-picture]", HTMLImageElement);
    this.#cutout = find(element, "[data-cutout]", HTMLImageElement);
  }

  get width() {
    return this.#picture.naturalWidth;
  }

  get height() {
    return this.#picture.naturalHeight;
  }

  /** Show what is being mended. The old cutout stays until the new one can be drawn. @param {Target} target */
  show({ picture, cutout }) {
    const asked = `${picture} ${cutout}`;
    if (asked !== this.#asked && picture && cutout) {
      this.#asked = asked;
      this.#shown = this.#load(picture, cutout, asked);
    }
    return this.#shown;
  }

  /** @param {string} picture @param {string} cutout @param {string} asked */
  async #load(picture, cutout, asked) {
    const wanted = /** @type {const} */ ([[this.#picture, picture], [this.#cutout, cutout]]);
    const changed = wanted.filter(([image, url]) => image.getAttribute("src") !== url);
    const loaded = changed.map(([, url]) => Object.assign(new Image(), { src: url }).decode());
    await Promise.all(loaded).catch(() => (this.#asked = "")); // the next call tries again
    if (asked !== this.#asked) return;
    for (const [image, url] of changed) {
      image.src = url;
      await image.decode().catch(() => {});
    }
    this.element.style.width = `${this.width}px`;
    this.element.style.height = `${this.height}px`;
    this.#view.setSize(this.width, this.height);
  }

  /**
   * Lay a canvas of the picture's size on it.
   *
   * @param {Record<string, string>} attributes
   */
  addCanvas(attributes) {
    const canvas = make("canvas", { width: String(this.width), height: String(this.height), ...attributes });
    this.element.append(canvas);
    return canvas;
  }

  /** Mark a place or a box of the picture. @param {string} kind @param {{x: number, y: number, width?: number, height?: number}} box px */
  addMark(kind, { x, y, width = 0, height = 0 }) {
    const mark = make("span", { class: `mark ${kind}` });
    this.element.append(mark);
    placeBox(mark, { x, y, width, height });
    return mark;
  }
}

/** Place an element on a box of the picture. @param {HTMLElement} element @param {{x: number, y: number, width: number, height: number}} box px */
export function placeBox(element, { x, y, width, height }) {
  for (const [side, pixels] of Object.entries({ left: x + width / 2, top: y + height / 2 })) {
    element.style.setProperty(side, `${pixels}px`);
  }
  element.style.setProperty("--box-width", `${width}px`);
  element.style.setProperty("--box-height", `${height}px`);
}
