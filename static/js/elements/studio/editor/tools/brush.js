/** Paint strokes that keep or erase: at once on the sheet, and as a mask for the server when the pointer is lifted. */

import { find } from "../../../../dom.js";
import { gettext, interpolate } from "../../../../i18n.js";

/**
 * @import { EditorSession } from "../session.js"
 * @import { Handlers } from "../gestures.js"
 */

const MIN_SIZE = 4;
const MAX_SIZE = 200;
const SIZE_STEP = 1.2;
const LIGHTEST_TOUCH = 0.3;

/** @implements {Handlers} */
export class Brush {
  name = "brush";
  /** @type {"keep"|"erase"} */
  mode = "erase";
  #session;
  #size;
  #softness;
  #ring;
  /** @type {Stroke|null} */
  #stroke = null;

  /** @param {EditorSession} session @param {HTMLElement} options */
  constructor(session, options) {
    this.#session = session;
    this.#size = find(options, "[name=size]", HTMLInputElement);
    this.#softness = find(options, "[name=softness]", HTMLInputElement);
    this.#ring = find(session.root, "[data-ring]", HTMLElement);
    for (const button of options.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", () => this.#setMode(button.getAttribute("data-mode") === "keep" ? "keep" : "erase"));
    }
    session.surface.addEventListener("pointermove", (event) => this.#moveRing(event));
    session.surface.addEventListener("pointerleave", () => (this.#ring.hidden = true));
    this.#size.addEventListener("input", () => this.#sizeRing());
    this.#setMode(this.mode);
  }

  show() {
    this.#sizeRing();
    this.#session.showGhost(this.mode === "keep");
  }

  hide() {
    this.#ring.hidden = true;
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it means something to the brush */
  onKey({ key }) {
    if (key === "x") this.#setMode(this.mode === "keep" ? "erase" : "keep");
    else if (key === "[" || key === "]") this.#resize(key === "]" ? SIZE_STEP : 1 / SIZE_STEP);
    else return false;
    return true;
  }

  /** @param {PointerEvent} event */
  onStart(event) {
    const colour = getComputedStyle(this.#session.root).getPropertyValue(this.mode === "keep" ? "--good" : "--bad");
    this.#stroke = new Stroke(this.#session.sheet.addCanvas({ class: "stroke" }), colour.trim());
    this.onMove([event]);
  }

  /** @param {PointerEvent[]} events */
  onMove(events) {
    const width = Number(this.#size.value) / this.#session.view.scale;
    for (const event of events) this.#stroke?.paint(this.#session.view.toPicture(event), width * pressureOf(event));
  }

  /** @param {PointerEvent} event */
  onEnd(event) {
    this.onMove([event]);
    const stroke = this.#stroke;
    this.#stroke = null;
    if (stroke) this.#send(stroke);
  }

  onCancel() {
    this.#stroke?.canvas.remove();
    this.#stroke = null;
  }

  /** @param {Stroke} stroke */
  #send(stroke) {
    const { mode } = this;
    const softness = Number(this.#softness.value) / 100;
    this.#session.add({
      doing: mode === "keep" ? gettext("Keeping what you painted…") : gettext("Erasing what you painted…"),
      done: mode === "keep" ? gettext("Kept.") : gettext("Erased."),
      mark: stroke.canvas,
      run: async () => this.#session.refine({ tool: "brush", mode, mask: await stroke.mask(softness) }),
    });
  }

  /** @param {"keep"|"erase"} mode */
  #setMode(mode) {
    this.mode = mode;
    this.#ring.dataset.mode = mode;
    for (const button of this.#session.root.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-mode") === mode));
    }
    this.#session.showGhost(mode === "keep");
  }

  /** @param {number} factor */
  #resize(factor) {
    const size = Number(this.#size.value) * factor;
    this.#size.value = String(Math.min(MAX_SIZE, Math.max(MIN_SIZE, Math.round(size))));
    this.#size.dispatchEvent(new Event("input"));
    this.#session.say(interpolate(gettext("Brush size %(size)s."), { size: this.#size.value }));
  }

  #sizeRing() {
    this.#ring.style.width = this.#ring.style.height = `${this.#size.value}px`;
  }

  /** @param {PointerEvent} event */
  #moveRing(event) {
    if (this.#session.tool !== this || event.pointerType === "touch") return;
    const { left, top } = this.#session.surface.getBoundingClientRect();
    this.#ring.hidden = false;
    this.#ring.style.transform = `translate(${event.clientX - left}px, ${event.clientY - top}px) translate(-50%, -50%)`;
  }
}

/** Get how much of the brush's size a touch means: only pens feel pressure. @param {PointerEvent} event */
function pressureOf({ pointerType, pressure }) {
  return pointerType === "pen" && pressure > 0 ? LIGHTEST_TOUCH + (1 - LIGHTEST_TOUCH) * pressure : 1;
}

/** A stroke, painted on a canvas of the picture's size. */
export class Stroke {
  canvas;
  #context;
  /** The place before, in px of the picture. @type {{x: number, y: number}|null} */
  #last = null;
  #width = 0;

  /** @param {HTMLCanvasElement} canvas @param {string} colour that of the stroke on the page; the mask is white */
  constructor(canvas, colour) {
    this.canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    Object.assign(this.#context, { lineCap: "round", lineJoin: "round", strokeStyle: colour });
  }

  /** @param {{x: number, y: number}} place px of the picture @param {number} width px of the picture */
  paint(place, width) {
    const from = this.#last ?? place;
    this.#context.lineWidth = this.#width = Math.max(1, width);
    this.#context.beginPath();
    this.#context.moveTo(from.x, from.y);
    this.#context.lineTo(place.x, place.y);
    this.#context.stroke();
    this.#last = place;
  }

  /** Get the stroke in white as a PNG in base64. @param {number} softness 0 to 1: of its half width, how much fades */
  async mask(softness) {
    const canvas = Object.assign(document.createElement("canvas"), { width: this.canvas.width, height: this.canvas.height });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    // A shadow blurs in every browser, a filter does not; the stroke itself is drawn out of sight.
    context.shadowColor = "#fff";
    context.shadowBlur = (softness * this.#width) / 2;
    context.shadowOffsetX = 2 * canvas.width;
    context.drawImage(this.canvas, -2 * canvas.width, 0);
    return base64(canvas);
  }
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<string>} */
function base64(canvas) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => reject(new Error(gettext("The stroke could not be read. Paint it again.")));
    canvas.toBlob((blob) => (blob ? reader.readAsDataURL(blob) : reader.onerror?.(/** @type {any} */ (null))), "image/png");
  });
}
