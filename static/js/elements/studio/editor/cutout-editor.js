/** The cut-out editor: a view of its own over the studio, in which the matte is mended by tools. */

import { chooseBackdrops, find } from "../../../dom.js";
import { pressedButton } from "../../../focus.js";
import { FullView } from "../full-view.js";
import { Crosshair } from "./crosshair.js";
import { EditorSession } from "./session.js";
import { Gestures } from "./gestures.js";
import { History } from "./history.js";
import { onKeys } from "./keys.js";
import { Offer } from "./offer.js";
import { FrameTarget } from "./targets.js";
import { showValues, Toolbar } from "./toolbar.js";
import { Brush } from "./tools/brush.js";
import { Engines } from "./tools/engines.js";
import { Holes, Sparks } from "./tools/outlines.js";
import { Edge, White } from "./tools/sliders.js";
import { Taps } from "./tools/taps.js";

/**
 * @import { Store } from "../../../live/store.js"
 * @import { Tool } from "./session.js"
 */

const TOOLS = { brush: Brush, points: Taps, pocket: Holes, white: White, edge: Edge, effects: Sparks, matte: Engines };

export class CutoutEditor extends HTMLElement {
  /** Set when it is opened first. @type {EditorSession} */
  #session = /** @type {any} */ (null);
  /** @type {History} */
  #history = /** @type {any} */ (null);
  /** @type {Offer} */
  #offer = /** @type {any} */ (null);
  /** @type {Toolbar} */
  #toolbar = /** @type {any} */ (null);
  /** @type {Gestures} */
  #gestures = /** @type {any} */ (null);
  /** @type {Crosshair} */
  #crosshair = /** @type {any} */ (null);
  #keys = new AbortController();
  #fullView = new FullView(this);

  /** Show the editor in the studio's place, with the tool for holes where some are on offer. @param {Store} store */
  open(store) {
    if (!this.#session) this.#setUp(store);
    this.#fullView.open();
    this.#keys = onKeys(this, { onKey: (event) => this.#onKey(event), onHold: (key, down) => this.#onHold(key, down) });
    this.#session.view.fit();
    if (this.#session.target.pockets.length) this.#toolbar.choose("pocket");
    this.#show();
    void this.#session.target.refresh().then(() => this.#history.show(), () => {});
    find(this, "h1", HTMLElement).focus();
  }

  /** Go back to the studio. */
  close() {
    if (!this.#fullView.isOpen) return;
    this.#keys.abort();
    this.#onHold("c", false);
    this.#onHold(" ", false);
    this.#fullView.close();
  }

  /** In which frames are looked at before they are used. */
  get #dialog() {
    return find(this, "dialog[data-carried]", HTMLDialogElement);
  }

  /** @param {Store} store */
  #setUp(store) {
    this.#session = new EditorSession(this, store);
    this.#history = new History(this.#session);
    this.#offer = new Offer(this.#session);
    this.#toolbar = new Toolbar(this.#session, this.#tools());
    const handlers = this.#session.handlers;
    this.#gestures = new Gestures(this.#session.surface, this.#session.view, handlers);
    this.#crosshair = new Crosshair(this.#session.surface, this.#session.view, handlers);
    this.#session.steps.onChange = ({ text, error }) => {
      this.#session.say(text);
      if (error !== undefined) find(this, "[data-error]", HTMLElement).textContent = error;
      this.#show();
    };
    this.#session.view.onChange = () => {
      find(this, "[data-zoom-shown]", HTMLElement).textContent = `${Math.round(this.#session.view.scale * 100)} %`;
    };
    showValues(this);
    this.#buttons();
    this.#scope();
    store.subscribe((topics) => {
      if (store.connection === "gone") this.close();
      else if (!this.hidden && (topics.has("project") || topics.has("frames") || topics.has("selection"))) this.#show();
    });
  }

  /** @returns {Tool[]} */
  #tools() {
    return Object.entries(TOOLS).map(([name, Kind]) => new Kind(this.#session, find(this, `[data-options=${name}]`, HTMLElement)));
  }

  #show() {
    const { target, sheet, steps } = this.#session;
    find(this, "[data-target]", HTMLElement).textContent = target.name;
    this.toggleAttribute("data-busy", steps.isBusy);
    this.#history.show();
    this.#offer.show();
    void sheet.show(target).then(() => this.#session.tool?.show?.());
  }

  #buttons() {
    const { view } = this.#session;
    this.addEventListener("click", (event) => {
      const button = pressedButton(event, "[data-do]");
      const actions = /** @type {Record<string, () => void>} */ ({
        done: () => this.close(),
        undo: () => this.#history.undo(),
        redo: () => this.#history.redo(),
        in: () => view.step(1),
        out: () => view.step(-1),
        fit: () => view.fit(),
        carry: () => this.#offer.take(),
      });
      if (button) actions[button.dataset.do ?? ""]?.();
    });
    chooseBackdrops(this, find(this, "[data-stage]", HTMLElement));
    const compare = find(this, "[data-compare]", HTMLButtonElement);
    for (const name of ["pointerdown", "pointerup", "pointercancel", "pointerleave", "blur"]) {
      compare.addEventListener(name, () => this.#onHold("c", name === "pointerdown"));
    }
  }

  /** Let a person choose on a clip whether one frame is mended or all, and which is looked at. */
  #scope() {
    const { target, store } = this.#session;
    const scope = find(this, "[data-scope]", HTMLElement);
    scope.hidden = !(target instanceof FrameTarget);
    scope.addEventListener("change", () => {
      if (target instanceof FrameTarget) target.applyTo = find(scope, "[value=all]", HTMLInputElement).checked ? "all" : "frame";
    });
    scope.addEventListener("click", (event) => {
      const step = Number(pressedButton(event, "[data-frame-step]")?.dataset.frameStep ?? 0);
      const { frames } = store.project;
      const at = frames.findIndex((frame) => frame.id === store.selected);
      if (step && !this.#session.steps.isBusy) store.select(frames[(at + step + frames.length) % frames.length]?.id ?? null);
    });
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  #onKey(event) {
    const { key, shiftKey } = event;
    const command = event.ctrlKey || event.metaKey;
    const { view } = this.#session;
    if (this.#dialog.open) return false;
    if (command && (key.toLowerCase() === "y" || (key.toLowerCase() === "z" && shiftKey))) this.#history.redo();
    else if (command && key.toLowerCase() === "z") this.#history.undo();
    else if (command) return false;
    else if (key === "Escape") this.#escape();
    else if (key === "+" || key === "=") view.step(1);
    else if (key === "-") view.step(-1);
    else if (key === "0") view.fit();
    else if (key === "m") this.#offer.take();
    else return this.#crosshair.onKey(event) || this.#toolbar.onKey(event) || Boolean(this.#session.tool?.onKey?.(event));
    return true;
  }

  /** Give up the stroke under way, or leave. */
  #escape() {
    if (!this.#gestures.cancel()) this.close();
  }

  /** @param {string} key @param {boolean} down */
  #onHold(key, down) {
    if (key === "c" && this.#dialog.open) this.#dialog.dataset.side = down ? "old" : "made";
    else if (key === "c") {
      this.#session.sheet.element.classList.toggle("comparing", down);
      find(this, "[data-compare]", HTMLElement).setAttribute("aria-pressed", String(down));
    } else {
      this.#gestures.isPanning = down;
      this.#session.surface.classList.toggle("panning", down);
    }
  }
}

customElements.define("cutout-editor", CutoutEditor);
