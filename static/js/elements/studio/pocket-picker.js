/** Outline regions inside a picture on white that may be holes; a click makes one transparent, another undoes it. */

import { chooseSourceMatte, IdempotencyKey, refineSource } from "../../api.js";
import { errorPlace, find, make } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { pressedButton } from "../../focus.js";

/**
 * @import { Pocket, ProjectDetail, RefineSourceRequest } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 */

export class PocketPicker extends HTMLElement {
  #shown = "";
  #sending = false;
  #key = new IdempotencyKey();

  /** @param {Store} store */
  attach(store) {
    store.subscribe((topics) => {
      if (topics.has("project") || topics.has("frames")) this.#show(store.project);
    });
    this.addEventListener("click", (event) => {
      const button = pressedButton(event);
      if (!button) return;
      const { point, parent } = button.dataset;
      if (point) void this.#send(store, () => this.#open(store, JSON.parse(point)));
      if (parent) void this.#send(store, () => this.#close(store, parent));
    });
  }

  /** @param {ProjectDetail} project */
  #show(project) {
    const { pockets, matte_parent: parent } = project.source;
    const isDrawn = project.generator !== "clip" && project.frames.some((frame) => frame.chosen);
    this.hidden = !isDrawn || (pockets.length === 0 && !parent);
    const shown = JSON.stringify([pockets, parent]);
    if (shown !== this.#shown && !this.hidden) {
      this.#shown = shown;
      find(this, "[data-outlined]", HTMLElement).replaceChildren(...outlined(project));
      find(this, "[data-actions]", HTMLElement).replaceChildren(...(parent ? [undoButton(parent)] : []));
    }
    this.#enable(project);
  }

  /** Enable the buttons unless frames are being made. @param {ProjectDetail} project */
  #enable(project) {
    const busy = project.status === "working" || project.frames.some((frame) => frame.status === "working");
    for (const button of this.querySelectorAll("button")) button.disabled = busy || this.#sending;
  }

  /** @param {Store} store @param {() => Promise<void>} request */
  async #send(store, request) {
    const setSending = (/** @type {boolean} */ sending) => {
      this.#sending = sending;
      this.#enable(store.project);
    };
    if (await runAction(errorPlace(this), setSending, request)) store.play("chosen");
  }

  /** @param {Store} store @param {[number, number]} point */
  async #open(store, [x, y]) {
    /** @type {RefineSourceRequest} */
    const body = { tool: "pocket", x, y };
    store.setJob(await this.#key.use(body, (key) => refineSource(store.project.id, body, key)));
    find(this, "[data-live]", HTMLElement).textContent = "Opening the hole in all frames.";
  }

  /** @param {Store} store @param {string} parent */
  async #close(store, parent) {
    const project = await chooseSourceMatte(store.project.id, parent);
    for (const frame of project.frames) store.setFrame(frame);
    find(this, "[data-live]", HTMLElement).textContent = "The hole is closed again.";
  }
}

/** Make the picture with a button on each region. @param {ProjectDetail} project @returns {Node[]} */
function outlined({ source }) {
  if (source.pockets.length === 0) return [];
  const picture = make("img", { src: source.url, alt: "", draggable: "false" });
  return [picture, ...source.pockets.map((pocket, place) => outline(pocket, place, source))];
}

/** @param {Pocket} pocket @param {number} place @param {{width: number, height: number}} source */
function outline(pocket, place, source) {
  const name = place ? `Open hole ${place + 1}` : "Open this hole";
  const button = make("button", { type: "button", "data-point": JSON.stringify(pocket.point), "aria-label": name, title: name });
  button.style.left = `${(100 * pocket.x) / source.width}%`;
  button.style.top = `${(100 * pocket.y) / source.height}%`;
  button.style.width = `${(100 * pocket.width) / source.width}%`;
  button.style.height = `${(100 * pocket.height) / source.height}%`;
  return button;
}

/** @param {string} parent the matte before this one */
function undoButton(parent) {
  return make("button", { type: "button", class: "button small", "data-parent": parent }, "Undo the last change to the cutout");
}

customElements.define("pocket-picker", PocketPicker);
