/** Draw the layers round what shows, as `animations/finish/layers.py` does: coverages from 0 to 1, row by row. */

const MEASURED_SIDE = 512;
const FAR = 1e8;
/** Beyond it a blur is drawn at half the size: nobody sees the difference, and it takes an eighth of the time. */
const WIDE_BLUR = 8;

/** @typedef {{data: Float32Array, width: number, height: number}} Plane */

/** @param {number} width @param {number} height @returns {Plane} */
export const emptyPlane = (width, height) => ({ data: new Float32Array(width * height), width, height });

/** Get how many times larger an outline is measured than drawn, so that its edge is smooth. @param {number} width @param {number} height of the canvas */
export const finenessFor = (width, height) => Math.max(1, Math.min(4, Math.floor(MEASURED_SIDE / Math.max(width, height))));

/** Draw a line with a soft edge round all pixels from a level on, and under them. @param {Plane} alpha enlarged by `times` @param {number} times @param {number} level @param {number} line its width in px @returns {Plane} */
export function drawOutline(alpha, times, level, line) {
  const squares = squaredDistances(alpha, level);
  const drawn = emptyPlane(alpha.width / times, alpha.height / times);
  const share = 1 / (times * times);
  const [inner, outer] = [(line - 0.5) * times + 0.5, (line + 0.5) * times + 0.5];
  for (let y = 0, at = 0; y < alpha.height; y++) {
    const row = Math.floor(y / times) * drawn.width;
    for (let x = 0; x < alpha.width; x++, at++) {
      const square = /** @type {number} */ (squares[at]);
      if (square >= outer * outer) continue;
      const covered = square <= inner * inner ? 1 : (outer - Math.sqrt(square)) / times;
      add(drawn.data, row + Math.floor(x / times), Math.min(1, covered) * share);
    }
  }
  return drawn;
}

/** Draw a line of hard pixels round all pixels from a level on. @param {Plane} alpha @param {number} level @param {number} line its width in px @returns {Plane} */
export function drawBlockOutline(alpha, level, line) {
  const { width, height } = alpha;
  const across = grow(alpha.data.map((value) => (value >= level ? 1 : 0)), width, height, 1, width, line);
  return { data: grow(across, height, width, width, 1, line), width, height };
}

/** Grow what is 1 by some px along one side. @param {Float32Array} data @param {number} length @param {number} lines @param {number} along @param {number} across @param {number} by */
function grow(data, length, lines, along, across, by) {
  const grown = new Float32Array(data.length);
  for (let line = 0; line < lines; line++) {
    let until = -1;
    for (let place = -by; place < length; place++) {
      const ahead = place + by;
      if (ahead < length && data[line * across + ahead * along]) until = ahead + by;
      if (place >= 0 && place <= until) grown[line * across + place * along] = 1;
    }
  }
  return grown;
}

/** Draw the shadow of a shape, some px below it, soft over `blur` px each way. It may be smaller than the shape by whole numbers. @param {Plane} shape @param {number} opacity @param {number} blur @param {number} distance @returns {Plane} */
export function drawShadow(shape, opacity, blur, distance) {
  const step = blur > WIDE_BLUR ? 2 : 1;
  const fallen = shrinkAndDrop(shape, step, Math.round(distance), opacity);
  const reach = Math.round(blur / step);
  if (!reach) return fallen;
  const kernel = gaussian(reach, blur / step / 2);
  const { width, height } = fallen;
  const across = convolve(fallen.data, width, height, 1, width, kernel);
  return { data: convolve(across, height, width, width, 1, kernel), width, height };
}

/** @param {Plane} shape @param {number} step @param {number} drop @param {number} gain */
function shrinkAndDrop(shape, step, drop, gain) {
  const small = emptyPlane(Math.ceil(shape.width / step), Math.ceil(shape.height / step));
  const share = gain / (step * step);
  for (let y = drop; y < shape.height; y++) {
    const from = (y - drop) * shape.width;
    const to = Math.floor(y / step) * small.width;
    for (let x = 0; x < shape.width; x++) {
      add(small.data, to + Math.floor(x / step), /** @type {number} */ (shape.data[from + x]) * share);
    }
  }
  return small;
}

/** @param {Float32Array} data @param {number} at @param {number} value */
const add = (data, at, value) => void (data[at] = /** @type {number} */ (data[at]) + value);

/** @param {number} reach @param {number} sigma */
function gaussian(reach, sigma) {
  const values = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * sigma * sigma)));
  const sum = values.reduce((total, value) => total + value, 0);
  return Float32Array.from(values, (value) => value / sum);
}

/** @param {Float32Array} data @param {number} length @param {number} lines @param {number} along @param {number} across @param {Float32Array} kernel */
function convolve(data, length, lines, along, across, kernel) {
  const found = new Float32Array(data.length);
  const reach = kernel.length >> 1;
  for (let line = 0; line < lines; line++) {
    for (let place = 0; place < length; place++) {
      const value = /** @type {number} */ (data[line * across + place * along]);
      if (value === 0) continue;
      const last = Math.min(length - 1, place + reach);
      for (let to = Math.max(0, place - reach); to <= last; to++) {
        add(found, line * across + to * along, value * /** @type {number} */ (kernel[to - place + reach]));
      }
    }
  }
  return found;
}

/**
 * Get the square of each pixel's distance to the nearest from a level on (Felzenszwalb and Huttenlocher 2012: the lower
 * envelope of parabolas, first down the columns, then along the rows).
 *
 * @param {Plane} plane @param {number} level
 */
function squaredDistances({ data, width, height }, level) {
  const squares = new Float32Array(data.length).fill(FAR);
  const away = new Float32Array(width).fill(FAR);
  const down = (/** @type {number} */ row) => {
    for (let x = 0, at = row * width; x < width; x++, at++) {
      const steps = /** @type {number} */ (data[at]) >= level ? 0 : /** @type {number} */ (away[x]) + 1;
      away[x] = steps;
      if (steps * steps < /** @type {number} */ (squares[at])) squares[at] = steps * steps;
    }
  };
  for (let row = 0; row < height; row++) down(row);
  away.fill(FAR);
  for (let row = height - 1; row >= 0; row--) down(row);
  for (let row = 0; row < height; row++) alongRow(squares.subarray(row * width, (row + 1) * width));
  return squares;
}

const parabolas = new Int32Array(4096);
const bounds = new Float64Array(4096);
const heights = new Float64Array(4096);

/** Replace a row's squares by their lower envelope. @param {Float32Array} row */
function alongRow(row) {
  let last = -1;
  for (let x = 0; x < row.length; x++) {
    const square = /** @type {number} */ (row[x]);
    if (square >= FAR) continue;
    let bound = -Infinity;
    while (last >= 0) {
      const before = /** @type {number} */ (parabolas[last]);
      bound = (square + x * x - /** @type {number} */ (heights[last]) - before * before) / (2 * (x - before));
      if (bound > /** @type {number} */ (bounds[last])) break;
      bound = -Infinity;
      last--;
    }
    last++;
    [parabolas[last], bounds[last], heights[last]] = [x, bound, square];
  }
  for (let x = 0, used = 0; x < row.length && last >= 0; x++) {
    while (used < last && /** @type {number} */ (bounds[used + 1]) < x) used++;
    const away = x - /** @type {number} */ (parabolas[used]);
    row[x] = away * away + /** @type {number} */ (heights[used]);
  }
}
