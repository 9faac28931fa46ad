/** Tell pixel art from other pictures, as `animations/imaging/pixel_art.py` does. */

const MOST_COLOURS = [64, 256];
const MOST_SIDE = [128, 256];
const MOST_ALPHAS = 3;
const HARD_STEP = 28;
const HARD_SHARE = 0.7;
const SOFT_SHARE = 0.18;
const MIXED_FROM = 0.12;
const DETOUR = 1.1;

/** Get the side of the blocks of which a picture consists, in px; 0 where all is one colour. @param {ImageData} image */
export function blockSide(image) {
  const { width, height } = image;
  const pixels = pack(image);
  const columns = stepsOf(pixels, width, height, 1, width);
  const rows = stepsOf(pixels, height, width, width, 1);
  return columns || rows ? gcd(gcd(width, height), gcd(columns, rows)) : 0;
}

/** Get the common divisor of the places along a side where the colour changes. @param {Uint32Array} pixels @param {number} length @param {number} lines @param {number} along @param {number} across */
function stepsOf(pixels, length, lines, along, across) {
  let side = 0;
  for (let place = 1; place < length && side !== 1; place++) {
    if (side && place % side === 0) continue;
    for (let line = 0, at = place * along; line < lines; line++, at += across) {
      if (pixels[at] === pixels[at - along]) continue;
      side = gcd(side, place);
      break;
    }
  }
  return side;
}

/** Tell whether a picture that consists of blocks is pixel art. @param {ImageData} image @param {number} side of its blocks @param {number} peak its highest alpha */
export function isPixelArt(image, side, peak) {
  const [width, height] = [Math.floor(image.width / side), Math.floor(image.height / side)];
  const large = side === 1 ? 0 : 1;
  if (Math.max(width, height) > /** @type {number} */ (MOST_SIDE[large])) return false;
  const art = oneForEachBlock(pack(image), image.width, side, width, height);
  if (new Set(art).size > /** @type {number} */ (MOST_COLOURS[large])) return false;
  const alphas = new Set(art.map((pixel) => pixel >>> 24));
  alphas.delete(0);
  if (alphas.size > MOST_ALPHAS) return false;
  const steps = new Steps(art, width, height, 255 / Math.max(1, peak));
  return steps.hardShare >= HARD_SHARE && (side > 1 || steps.softShare <= SOFT_SHARE);
}

/** The steps between neighbours of a small picture. */
class Steps {
  #channels;
  #pairs;
  #triples;

  /** @param {Uint32Array} art @param {number} width @param {number} height @param {number} gain */
  constructor(art, width, height, gain) {
    this.#channels = [...art].map((pixel) => {
      const alpha = pixel >>> 24;
      return [0, 8, 16].map((shift) => (((pixel >>> shift) & 255) * alpha * gain) / 255).concat(alpha * gain);
    });
    this.#pairs = [...neighbours(width, height, 2)];
    this.#triples = [...neighbours(width, height, 3)];
  }

  get hardShare() {
    const steps = this.#pairs.map(([from, to]) => Math.max(...this.#differences(from, to))).filter(Boolean);
    return steps.length ? steps.filter((step) => step >= HARD_STEP).length / steps.length : 0;
  }

  get softShare() {
    let [edges, mixtures] = [0, 0];
    for (const [before, pixel, after] of this.#triples) {
      const across = this.#differences(before, /** @type {number} */ (after));
      if (Math.max(...across) < HARD_STEP) continue;
      const [whole, first, second] = [sum(across), sum(this.#differences(before, pixel)), sum(this.#differences(pixel, /** @type {number} */ (after)))];
      edges += 1;
      if (Math.min(first, second) > MIXED_FROM * whole && first + second <= DETOUR * whole) mixtures += 1;
    }
    return edges ? mixtures / edges : 0;
  }

  /** @param {number} one @param {number} other */
  #differences(one, other) {
    const [from, to] = [this.#channels[one] ?? [], this.#channels[other] ?? []];
    return from.map((value, channel) => Math.abs(value - (to[channel] ?? 0)));
  }
}

/** Go through all pixels that lie in a row of `count`, across and down. @param {number} width @param {number} height @param {2|3} count @returns {Generator<[number, number, number?]>} */
function* neighbours(width, height, count) {
  const last = count - 1;
  for (let at = 0; at < width * height; at++) {
    if ((at % width) + last < width) yield [at, at + 1, at + 2];
    if (Math.floor(at / width) + last < height) yield [at, at + width, at + 2 * width];
  }
}

/** @param {Uint32Array} pixels @param {number} stride @param {number} side @param {number} width @param {number} height */
function oneForEachBlock(pixels, stride, side, width, height) {
  const middle = side >> 1;
  return new Uint32Array(width * height).map((_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return pixels[(y * side + middle) * stride + x * side + middle] ?? 0;
  });
}

/** Pack each pixel into one number; what cannot be seen is 0. @param {ImageData} image */
function pack({ data }) {
  return new Uint32Array(data.buffer.slice(0)).map((pixel) => (pixel >>> 24 ? pixel : 0));
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** @param {number} one @param {number} other @returns {number} */
export const gcd = (one, other) => (other ? gcd(other, one % other) : one);
