/** Draw a loop's pictures as files show them, as `animations/finish/draw.py` does; a test compares the two. */

import { drawCaption, loadFont } from "./caption.js";
import { drawBlockOutline, drawOutline, drawShadow, emptyPlane, finenessFor } from "./layers.js";
import { contextOf, measureLoop, peakOf } from "./measure.js";
import { canvasSize, placeLoop } from "./placing.js";

/**
 * @import { Finish } from "../schema.js"
 * @import { Plane } from "./layers.js"
 * @import { Loop } from "./measure.js"
 * @import { Pair, Room, SizeRule } from "./placing.js"
 */

const EDGE = 2;
const MARGIN = 0.02;
const LEAST_STRENGTH = 0.02;

/** Load what a finish needs beside this script. @param {Finish} finish @param {string} fontUrl */
export const prepare = async (finish, fontUrl) => void (finish.caption && (await loadFont(fontUrl)));

/** Make what draws a loop of these pictures; null where nothing shows in any. The finish is prepared. @param {ImageBitmap[]} bitmaps @param {Finish} finish @param {SizeRule} rule */
export function artistFor(bitmaps, finish, rule) {
  const loop = measureLoop(bitmaps);
  return loop && new Artist(loop, finish, canvasSize(rule, loop.size));
}

export class Artist {
  canvas;
  placing;
  /** Where the loop's lowest point stands, in px from the top of the canvas. */
  lowest;
  #finish;
  #peak;
  #side;
  #margin;
  /** @type {OffscreenCanvas|null} */
  #text;

  /** @param {Loop} loop @param {Finish} finish @param {Pair} canvas in px */
  constructor(loop, finish, canvas) {
    this.canvas = canvas;
    this.#finish = finish;
    this.#peak = loop.peak;
    this.#side = Math.max(...canvas);
    this.#margin = Math.round(MARGIN * this.#side);
    this.#text = finish.caption && drawnCaption(finish.caption, canvas);
    this.placing = placeLoop(loop, finish.placement, canvas, this.#room(loop));
    this.lowest = this.placing.top + loop.box[3] * this.placing.scale;
  }

  /** @param {Loop} loop @returns {Room} */
  #room({ block, size }) {
    const { outline, shadow, caption } = this.#finish;
    const side = this.#side;
    const cell = Math.floor((block * side) / Math.min(...size));
    const line = outline ? Math.ceil(Math.max(outline.width * side, cell)) + Math.max(EDGE, cell) : 0;
    const blur = shadow ? Math.ceil(shadow.blur * side) + EDGE : 0;
    const fall = shadow ? Math.round(shadow.distance * side) : 0;
    const text = this.#text ? this.#margin + this.#text.height : 0;
    const isTop = caption?.place === "top";
    const [top, bottom] = [line + Math.max(0, blur - fall), line + blur + fall];
    return { left: line + blur, right: line + blur, top: top + (isTop ? text : 0), bottom: bottom + (isTop ? 0 : text) };
  }

  /** Draw one picture. One that fades is drawn with its layers in full, and then both are made fainter. @param {ImageBitmap} bitmap */
  draw(bitmap) {
    const drawn = newContext(this.canvas);
    this.#place(drawn, bitmap);
    const strength = peakOf(bitmap) / this.#peak;
    if (strength >= LEAST_STRENGTH) this.#putLayersUnder(drawn, strength);
    if (this.#text) drawn.drawImage(this.#text, Math.floor((this.canvas[0] - this.#text.width) / 2), this.#textTop(this.#text));
    return drawn.canvas.transferToImageBitmap();
  }

  /** @param {OffscreenCanvasRenderingContext2D} context @param {ImageBitmap} bitmap */
  #place(context, bitmap) {
    const { scale, left, top, flip, block } = this.placing;
    const isWhole = scale < 1 && !block;
    const length = (/** @type {number} */ side) => (isWhole ? Math.max(1, Math.round(side * scale)) : side * scale);
    const [width, height] = [length(bitmap.width), length(bitmap.height)];
    context.save();
    context.imageSmoothingEnabled = !block && scale !== 1;
    context.imageSmoothingQuality = "high";
    if (flip) context.setTransform(-1, 0, 0, 1, 2 * left + width, 0);
    context.drawImage(bitmap, left, top, width, height);
    context.restore();
  }

  /** @param {OffscreenCanvasRenderingContext2D} drawn @param {number} strength */
  #putLayersUnder(drawn, strength) {
    const { outline, shadow } = this.#finish;
    if (!outline && !shadow) return;
    const shape = this.#strengthen(drawn, strength);
    drawn.globalCompositeOperation = "destination-over";
    if (outline) {
      const line = this.#outline(drawn.canvas, shape, outline.width * this.#side);
      drawPlane(drawn, line, outline.colour);
      raise(shape, line);
    }
    if (shadow) drawPlane(drawn, drawShadow(shape, shadow.opacity / 255, shadow.blur * this.#side, shadow.distance * this.#side), shadow.colour);
    drawn.globalCompositeOperation = "source-over";
    if (strength < 1) fade(drawn, strength);
  }

  /** Draw a picture that fades in full, and get its alpha, 0 to 255. @param {OffscreenCanvasRenderingContext2D} drawn @param {number} strength @returns {Plane} */
  #strengthen(drawn, strength) {
    const image = drawn.getImageData(0, 0, ...this.canvas);
    const alpha = emptyPlane(...this.canvas);
    for (let at = 0; at < alpha.data.length; at++) {
      const value = /** @type {number} */ (image.data[4 * at + 3]);
      alpha.data[at] = strength < 1 ? Math.min(value / strength, this.#peak) : value;
      image.data[4 * at + 3] = /** @type {number} */ (alpha.data[at]);
    }
    if (strength < 1) drawn.putImageData(image, 0, 0);
    return alpha;
  }

  /** @param {OffscreenCanvas} picture @param {Plane} alpha of the picture @param {number} width */
  #outline(picture, alpha, width) {
    const cell = this.placing.block;
    if (cell) return drawBlockOutline(alpha, this.#peak / 2, Math.max(1, Math.floor(width / cell)) * cell);
    const times = finenessFor(...this.canvas);
    return drawOutline(alphaOf(picture, times), times, this.#peak / 2, width);
  }

  /** @param {OffscreenCanvas} text */
  #textTop(text) {
    return this.#finish.caption?.place === "top" ? this.#margin : this.canvas[1] - this.#margin - text.height;
  }
}

/** The caption that was drawn last, and of what: it is the same in all pictures, and slow. */
let [lastKey, lastCaption] = ["", /** @type {OffscreenCanvas|null} */ (null)];

/** @param {NonNullable<Finish["caption"]>} caption @param {Pair} canvas */
function drawnCaption(caption, canvas) {
  const key = JSON.stringify([caption, canvas]);
  if (key !== lastKey || !lastCaption) [lastKey, lastCaption] = [key, drawCaption(caption, canvas)];
  return lastCaption;
}

/** Get the alpha of a picture that is enlarged. @param {OffscreenCanvas} picture @param {number} times @returns {Plane} */
function alphaOf(picture, times) {
  const [width, height] = [picture.width * times, picture.height * times];
  const large = newContext([width, height]);
  large.imageSmoothingQuality = "low"; // from the two nearest each way
  large.drawImage(picture, 0, 0, width, height);
  const { data } = large.getImageData(0, 0, width, height);
  const alpha = emptyPlane(width, height);
  for (let at = 0; at < alpha.data.length; at++) alpha.data[at] = /** @type {number} */ (data[4 * at + 3]);
  return alpha;
}

/** Raise a shape (0 to 255) where a layer (0 to 1) is higher. @param {Plane} shape @param {Plane} layer */
function raise(shape, layer) {
  for (let at = 0; at < shape.data.length; at++) {
    const value = 255 * /** @type {number} */ (layer.data[at]);
    if (value > /** @type {number} */ (shape.data[at])) shape.data[at] = value;
  }
}

/** @param {OffscreenCanvasRenderingContext2D} context @param {Plane} plane @param {string} colour as #rrggbb */
function drawPlane(context, { data, width, height }, colour) {
  const image = new ImageData(width, height);
  const value = parseInt(colour.slice(1), 16);
  for (let at = 0, to = 0; at < data.length; at++, to += 4) {
    image.data[to] = value >> 16;
    image.data[to + 1] = (value >> 8) & 255;
    image.data[to + 2] = value & 255;
    image.data[to + 3] = 255 * /** @type {number} */ (data[at]);
  }
  const layer = newContext([width, height]);
  layer.putImageData(image, 0, 0);
  context.drawImage(layer.canvas, 0, 0, context.canvas.width, context.canvas.height);
}

/** @param {OffscreenCanvasRenderingContext2D} context @param {number} strength */
function fade(context, strength) {
  context.save();
  context.globalCompositeOperation = "destination-in";
  context.fillStyle = `rgb(0 0 0 / ${strength})`;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.restore();
}

/** @param {Pair} size */
const newContext = ([width, height]) => contextOf(new OffscreenCanvas(width, height));
