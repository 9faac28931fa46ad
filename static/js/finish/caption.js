/** Draw a caption in the font of the files, as `animations/finish/caption.py` does. */

import { contextOf } from "./measure.js";

/**
 * @import { Finish } from "../schema.js"
 * @import { Pair } from "./placing.js"
 * @typedef {NonNullable<Finish["caption"]>} Caption
 */

const FONT = "EmojiForge caption";
const FONT_SIZE = 128;
const STROKE = 14;
const MOST_WIDTH = 0.96;
const MOST_LETTERS = 0.2;
const MOST_HEIGHT = 0.35;
const MOST_ANGLE = (150 * Math.PI) / 180;
const LEAST_ANGLE = (2 * Math.PI) / 180;

/** @type {Promise<unknown>|null} */
let loading = null;

/** Load the font once; it is large, so only for pages that show a caption. @param {string} url */
export function loadFont(url) {
  loading ??= new FontFace(FONT, `url("${url}")`).load().then((font) => document.fonts.add(font), (error) => {
    loading = null; // the next caption tries again
    throw error;
  });
  return loading;
}

/** Draw a caption as large as it may be on a canvas: just its own pixels. Its font is loaded. @param {Caption} caption @param {Pair} canvas */
export function drawCaption(caption, canvas) {
  const line = trim(bend(drawLine(caption), caption.arc));
  const scale = Math.min(
    (MOST_LETTERS * Math.max(...canvas)) / FONT_SIZE, (MOST_WIDTH * canvas[0]) / line.width, (MOST_HEIGHT * canvas[1]) / line.height, 1,
  );
  return shrink(line, Math.max(1, Math.round(line.width * scale)), Math.max(1, Math.round(line.height * scale)));
}

/** Shrink by halves, which are true means of four pixels, and then by the rest. @param {OffscreenCanvas} picture @param {number} width @param {number} height @returns {OffscreenCanvas} */
function shrink(picture, width, height) {
  const isFar = picture.width >= 2 * width && picture.height >= 2 * height;
  const smaller = new OffscreenCanvas(isFar ? Math.ceil(picture.width / 2) : width, isFar ? Math.ceil(picture.height / 2) : height);
  const context = contextOf(smaller);
  context.imageSmoothingQuality = isFar ? "low" : "high";
  context.drawImage(picture, 0, 0, smaller.width, smaller.height);
  return isFar ? shrink(smaller, width, height) : smaller;
}

/** Draw the words with room for a stroke, whether they have one or not. @param {Caption} caption */
function drawLine({ text, colour, stroke }) {
  const font = `${FONT_SIZE}px "${FONT}"`;
  const ruler = contextOf(new OffscreenCanvas(1, 1));
  ruler.font = font;
  const measured = ruler.measureText(text);
  const left = Math.ceil(Math.max(0, measured.actualBoundingBoxLeft)) + STROKE;
  const width = left + Math.round(Math.max(measured.width, measured.actualBoundingBoxRight)) + STROKE;
  const write = (/** @type {number} */ height, /** @type {number} */ baseline, /** @type {string|null} */ edge) => {
    const context = contextOf(new OffscreenCanvas(width, height));
    Object.assign(context, { font, lineWidth: 2 * STROKE, lineJoin: "round", lineCap: "round", fillStyle: colour, strokeStyle: edge ?? colour });
    if (edge) context.strokeText(text, left, baseline);
    context.fillText(text, left, baseline);
    return context.canvas;
  };
  const [, top, , bottom] = shownBox(write(2 * FONT_SIZE, 1.5 * FONT_SIZE, null)); // what is measured is rounded outwards
  return write(bottom - top + 2 * STROKE, 1.5 * FONT_SIZE - top + STROKE, stroke);
}

/** Bend a line round a circle: by an arc of 1 the middle is the highest, by -1 the lowest. @param {OffscreenCanvas} line @param {number} arc */
function bend(line, arc) {
  const { width, height } = line;
  const angle = Math.min(Math.abs(arc) * MOST_ANGLE, width / height);
  if (angle < LEAST_ANGLE) return line;
  const [radius, half] = [width / angle, height / 2];
  const across = Math.ceil(2 * (radius + half) * Math.sin(Math.min(angle, Math.PI) / 2));
  const down = Math.ceil(radius + half - (radius - half) * Math.cos(angle / 2));
  const from = contextOf(line).getImageData(0, 0, width, height);
  const to = new ImageData(across, down);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      const x = column - (across - 1) / 2;
      const y = radius + half - (arc < 0 ? down - 1 - row : row);
      const fromX = Math.atan2(x, y) * radius + (width - 1) / 2;
      const fromY = radius + half - Math.hypot(x, y);
      mix(from, fromX, arc < 0 ? height - 1 - fromY : fromY, to.data, 4 * (row * across + column));
    }
  }
  const bent = new OffscreenCanvas(across, down);
  contextOf(bent).putImageData(to, 0, 0);
  return bent;
}

/** Mix the four pixels round a place, weighed by their alpha. @param {ImageData} from @param {number} x @param {number} y @param {Uint8ClampedArray} to @param {number} at */
function mix({ data, width, height }, x, y, to, at) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const sums = new Float64Array(4);
  for (const [column, row, share] of /** @type {const} */ ([
    [left, top, (left + 1 - x) * (top + 1 - y)], [left + 1, top, (x - left) * (top + 1 - y)],
    [left, top + 1, (left + 1 - x) * (y - top)], [left + 1, top + 1, (x - left) * (y - top)],
  ])) {
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const pixel = 4 * (row * width + column);
    const alpha = share * /** @type {number} */ (data[pixel + 3]);
    for (let channel = 0; channel < 3; channel++) sums[channel] = (sums[channel] ?? 0) + alpha * (data[pixel + channel] ?? 0);
    sums[3] = (sums[3] ?? 0) + alpha;
  }
  const alpha = sums[3] ?? 0;
  for (let channel = 0; channel < 3; channel++) to[at + channel] = alpha ? (sums[channel] ?? 0) / alpha : 0;
  to[at + 3] = alpha;
}

/** Keep the part that shows. @param {OffscreenCanvas} line */
function trim(line) {
  const [left, top, right, bottom] = shownBox(line);
  const trimmed = new OffscreenCanvas(right - left, bottom - top);
  contextOf(trimmed).drawImage(line, -left, -top);
  return trimmed;
}

/** Find the box round all that shows, of at least one px. @param {OffscreenCanvas} canvas @returns {[left: number, top: number, right: number, bottom: number]} */
function shownBox(canvas) {
  const { width, height } = canvas;
  const { data } = contextOf(canvas).getImageData(0, 0, width, height);
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let at = 3; at < data.length; at += 4) {
    if (!data[at]) continue;
    const x = ((at - 3) / 4) % width;
    const y = Math.floor((at - 3) / 4 / width);
    if (x < left) left = x;
    if (x >= right) right = x + 1;
    if (y < top) top = y;
    bottom = y + 1;
  }
  return right ? [left, top, right, bottom] : [0, 0, 1, 1];
}
