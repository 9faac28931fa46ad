/** Measure a loop's pictures for its finish, as `animations/finish/placing.py` does. */

import { gettext } from "../i18n.js";
import { blockSide, gcd, isPixelArt } from "./pixel-art.js";

/**
 * @typedef {[left: number, top: number, right: number, bottom: number]} Box in px, the last two excluded
 * @typedef {{size: [number, number], box: Box, peak: number, block: number}} Loop the size of its pictures, the box round
 *   all that shows, its highest alpha, and the side of the blocks of pixel art, 0 for other pictures
 */

/** Below this share of the highest alpha a pixel is dust. */
const DUST_SHARE = 6 / 255;
/** @type {WeakMap<ImageBitmap, {box: Box|null, peak: number, side: number, isArt: boolean}>} */
const measured = new WeakMap();

/** Measure pictures of one size; null where nothing shows in any. @param {ImageBitmap[]} bitmaps @returns {Loop|null} */
export function measureLoop(bitmaps) {
  const all = bitmaps.map((bitmap) => measureOnce(bitmap));
  const boxes = all.flatMap(({ box }) => (box ? [box] : []));
  const [first] = bitmaps;
  if (!first || !boxes.length) return null;
  const sides = all.filter(({ side }) => side);
  return {
    size: [first.width, first.height],
    box: boxes.reduce((one, other) => [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.max(one[2], other[2]), Math.max(one[3], other[3])]),
    peak: Math.max(...all.map(({ peak }) => peak)),
    block: sides.every(({ isArt }) => isArt) ? sides.reduce((one, { side }) => gcd(one, side), 0) : 0,
  };
}

/** Get the highest alpha of a picture. @param {ImageBitmap} bitmap */
export const peakOf = (bitmap) => measureOnce(bitmap).peak;

/** @param {ImageBitmap} bitmap */
function measureOnce(bitmap) {
  const known = measured.get(bitmap);
  if (known) return known;
  const image = pixelsOf(bitmap);
  const peak = image.data.reduce((most, value, at) => (at % 4 === 3 && value > most ? value : most), 0);
  const side = blockSide(image);
  const measures = { box: boxOf(image, Math.max(1, Math.round(DUST_SHARE * peak))), peak, side, isArt: side > 0 && isPixelArt(image, side, peak) };
  measured.set(bitmap, measures);
  return measures;
}

/** Get what draws on a canvas whose pixels are read, too. @param {OffscreenCanvas} canvas */
export function contextOf(canvas) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error(gettext("This browser cannot draw the picture. Try another browser."));
  return context;
}

/** @param {ImageBitmap} bitmap */
function pixelsOf(bitmap) {
  const context = contextOf(new OffscreenCanvas(bitmap.width, bitmap.height));
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

/** Find the box round the pixels from a level of alpha on. @param {ImageData} image @param {number} level @returns {Box|null} */
function boxOf({ data, width, height }, level) {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0, at = 3; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      if (/** @type {number} */ (data[at]) < level) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
  return right ? [left, top, right, bottom] : null;
}
