/** What the tools of the editor work with: the sheet and its view, the target, and the steps under way. */

import { find } from "../../../dom.js";
import { Sheet } from "./sheet.js";
import { Refinement, Steps } from "./steps.js";
import { targetOf } from "./targets.js";
import { View } from "./view.js";

/**
 * @import { RefineSourceRequest } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 * @import { Handlers } from "./gestures.js"
 * @import { Step } from "./steps.js"
 */

/**
 * @typedef {object} ToolFace
 * @property {string} name as the toolbar and the options call it
 * @property {() => void} [show] the tool was chosen, or what it works on has changed
 * @property {() => void} [hide] another tool was chosen
 * @property {(event: KeyboardEvent) => boolean} [onKey] returns whether the key means something to the tool
 *
 * @typedef {ToolFace & Partial<Handlers>} Tool
 */

export class EditorSession {
  root;
  store;
  surface;
  view;
  sheet;
  target;
  steps = new Steps();
  /** The tool that is used. @type {Tool|null} */
  tool = null;
  #refinement;

  /** @param {HTMLElement} root @param {Store} store */
  constructor(root, store) {
    this.root = root;
    this.store = store;
    this.target = targetOf(store);
    this.surface = find(root, "[data-surface]", HTMLElement);
    const sheet = find(root, "[data-sheet]", HTMLElement);
    this.view = new View(this.surface, sheet);
    this.sheet = new Sheet(sheet, this.view);
    this.#refinement = new Refinement(store, this.target);
  }

  /** What the tool in use does with a pointer. @returns {Handlers} */
  get handlers() {
    return {
      onStart: (event) => this.tool?.onStart?.(event),
      onMove: (events) => this.tool?.onMove?.(events),
      onEnd: (event) => this.tool?.onEnd?.(event),
      onCancel: () => this.tool?.onCancel?.(),
    };
  }

  /** Do a step once those before it are done. @param {Step} step */
  add(step) {
    find(this.root, "[data-error]", HTMLElement).textContent = "";
    this.steps.add(step);
  }

  /** Refine the target, and show what came of it. @param {RefineSourceRequest} body */
  async refine(body) {
    await this.#refinement.send(body);
    await this.sheet.show(this.target);
  }

  /** Use another of the target's mattes. @param {string} id */
  async choose(id) {
    await this.target.choose(id);
    await this.sheet.show(this.target);
  }

  /** Tell everybody, also who does not look, what happened. @param {string} text */
  say(text) {
    find(this.root, "[data-said]", HTMLElement).textContent = text;
  }

  /** Show faintly what is cut away, for tools that bring it back. @param {boolean} shown */
  showGhost(shown) {
    this.sheet.element.classList.toggle("with-ghost", shown);
  }
}
