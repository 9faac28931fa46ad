/** Keep decoded images, so that playing never waits for the network or the decoder, and draw them. */

const TIME_LIMIT_MS = 20_000;

export class BitmapCache {
  /** Draws a picture with the finish, once what that needs is loaded. @type {(url: string, bitmap: ImageBitmap) => ImageBitmap} */
  finish = (_url, bitmap) => bitmap;
  /** Counts up when the finish is another: what was drawn is out of date. */
  version = 0;
  /** By URL; null while it is loading. @type {Map<string, ImageBitmap|null>} */
  #bitmaps = new Map();
  /** Called when another image can be drawn. @type {() => void} */
  onLoad = () => {};

  /** Get a picture as files show it. @param {string} url */
  get(url) {
    const bitmap = this.#bitmaps.get(url);
    return bitmap ? this.finish(url, bitmap) : null;
  }

  /** Get a picture as it was loaded. @param {string} url */
  getPlain(url) {
    return this.#bitmaps.get(url) ?? null;
  }

  get isLoading() {
    return [...this.#bitmaps.values()].includes(null);
  }

  /** Load these images, and drop all others. @param {string[]} urls @param {string[]} first those that others wait behind */
  retain(urls, first = []) {
    const wanted = new Set(urls);
    for (const [url, bitmap] of this.#bitmaps) {
      if (wanted.has(url)) continue;
      bitmap?.close();
      this.#bitmaps.delete(url);
    }
    for (const url of wanted) if (!this.#bitmaps.has(url)) void this.#load(url, first.includes(url));
  }

  /** @param {string} url @param {boolean} isFirst */
  async #load(url, isFirst) {
    this.#bitmaps.set(url, null);
    // An <img> as elsewhere on the page, so that the browser loads each file once.
    const image = new Image();
    if (isFirst) image.fetchPriority = "high";
    const limit = setTimeout(() => (image.src = ""), TIME_LIMIT_MS);
    try {
      image.src = url;
      await image.decode();
      const bitmap = await createImageBitmap(image);
      if (!this.#bitmaps.has(url)) return bitmap.close();
      this.#bitmaps.set(url, bitmap);
      this.onLoad();
    } catch {
      this.#bitmaps.delete(url); // the next `retain` tries again
    } finally {
      clearTimeout(limit);
    }
  }
}

/**
 * Draw an image as large as it fits, in the middle of a cleared canvas. Pixel art is not smoothed.
 *
 * @param {HTMLCanvasElement} canvas @param {ImageBitmap|HTMLCanvasElement|HTMLVideoElement|null} bitmap a video has its width and height set
 */
export function drawBitmap(canvas, bitmap) {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!bitmap) return;
  drawFitted(canvas, context, bitmap);
}

/** Draw an image below what a canvas shows, faintly. @param {HTMLCanvasElement} canvas @param {ImageBitmap} bitmap @param {number} opacity */
export function drawBelow(canvas, bitmap, opacity) {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.save();
  context.globalCompositeOperation = "destination-over";
  context.globalAlpha = opacity;
  drawFitted(canvas, context, bitmap);
  context.restore();
}

/** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2D} context @param {ImageBitmap|HTMLCanvasElement|HTMLVideoElement} bitmap */
function drawFitted(canvas, context, bitmap) {
  const scale = Math.min(canvas.width / bitmap.width, canvas.height / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  context.imageSmoothingEnabled = !canvas.closest(".pixel-art");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
}

/** Draw the first frame of what is loaded, for people who asked for less motion. @param {HTMLImageElement|HTMLVideoElement} image */
export function firstFrame(image) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = image instanceof HTMLVideoElement ? [image.videoWidth, image.videoHeight] : [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return canvas;
}

/**
 * Get a finish to draw with; null where it does nothing.
 *
 * @param {import("./schema.js").Finish} finish @param {import("./schema.js").Finish} plain
 */
export const unlessPlain = (finish, plain) => (JSON.stringify(finish) === JSON.stringify(plain) ? null : finish);
