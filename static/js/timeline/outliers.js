/** Find frames that differ from both of their neighbours, as one that was cut out badly does. */

/**
 * @import { BitmapCache } from "../bitmaps.js"
 * @import { Store } from "../live/store.js"
 * @import { Playback } from "../playback.js"
 */

const DELAY_MS = 300;
const SIDE = 32;
const CHANNELS = 4;
const FEWEST_FRAMES = 6;
/** Usual steps between frames that both steps of an outlier exceed: of 312 drawn loops 5 have such a frame. */
const LIMIT = 2.5;
/** Grey levels: no eye sees a smaller step. */
const UNSEEN = 0.25;

/** @typedef {Uint8ClampedArray} Thumbnail premultiplied RGBA, SIDE × SIDE */

/** Search the loop that is played; each picture is measured once. */
export class OutlierSearch {
  /** @type {Map<string, Thumbnail>} */
  #thumbnails = new Map();
  #canvas = new OffscreenCanvas(SIDE, SIDE);
  #timer = 0;
  #playback;
  #bitmaps;
  #onFound;

  /** @param {Playback} playback @param {BitmapCache} bitmaps @param {(ids: Set<string>) => void} onFound gets the frames' ids */
  constructor(playback, bitmaps, onFound) {
    this.#playback = playback;
    this.#bitmaps = bitmaps;
    this.#onFound = onFound;
  }

  /** Search whenever frames or their pictures have changed. @param {Store} store */
  follow(store) {
    store.subscribe((topics) => topics.has("frames") && this.#startSoon());
    const { onLoad } = this.#bitmaps;
    this.#bitmaps.onLoad = () => {
      onLoad();
      this.#startSoon();
    };
  }

  /** Search once nothing has changed for a moment. */
  #startSoon() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#onFound(this.#find()), DELAY_MS);
  }

  /** Find the ids of outliers; none while pictures are missing. @returns {Set<string>} */
  #find() {
    const { moments } = this.#playback;
    const urls = new Set(moments.map((moment) => moment.url));
    for (const url of this.#thumbnails.keys()) if (!urls.has(url)) this.#thumbnails.delete(url);
    for (const url of urls) if (!this.#thumbnails.has(url)) this.#measure(url);
    const thumbnails = moments.flatMap((moment) => this.#thumbnails.get(moment.url) ?? []);
    if (thumbnails.length < moments.length) return new Set();
    return new Set(outliersOf(thumbnails).flatMap((at) => moments[at]?.id ?? []));
  }

  /** @param {string} url */
  #measure(url) {
    const bitmap = this.#bitmaps.getPlain(url);
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    if (!bitmap || !context) return;
    context.clearRect(0, 0, SIDE, SIDE);
    context.drawImage(bitmap, 0, 0, SIDE, SIDE);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    this.#thumbnails.set(url, data.map((value, at) => (at % CHANNELS === 3 ? value : (value * (data[at - (at % CHANNELS) + 3] ?? 0)) / 255)));
  }
}

/**
 * Get the places of outliers in a loop: both steps to their neighbours are long against the median of the others, and
 * longer than the step from the one neighbour to the other.
 *
 * @param {Thumbnail[]} frames @returns {number[]}
 */
export function outliersOf(frames) {
  const count = frames.length;
  if (count < FEWEST_FRAMES) return [];
  const at = (/** @type {number} */ place) => /** @type {Thumbnail} */ (frames[(place + count) % count]);
  const steps = frames.map((frame, place) => difference(frame, at(place + 1)));
  return frames.flatMap((_, place) => {
    const before = (place + count - 1) % count;
    const shorter = Math.min(steps[before] ?? 0, steps[place] ?? 0);
    const usual = Math.max(UNSEEN, median(steps.filter((_step, other) => other !== place && other !== before)));
    return shorter > LIMIT * usual && shorter > difference(at(place - 1), at(place + 1)) ? [place] : [];
  });
}

/** Get the mean difference in grey levels. @param {Thumbnail} one @param {Thumbnail} other */
function difference(one, other) {
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length;
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
