/** Decoded pictures by address, so that playing never waits for the network or the decoder. */

const TIME_LIMIT_MS = 20_000;

export class BitmapCache {
  /** @type {Map<string, ImageBitmap|null>} null while it is on its way */
  #bitmaps = new Map();
  /** Called when another picture can be drawn. */
  onLoad = () => {};

  /** @param {string} url */
  get(url) {
    return this.#bitmaps.get(url) ?? null;
  }

  /** Have these, and let go of the others. @param {string[]} urls */
  keep(urls) {
    const wanted = new Set(urls);
    for (const [url, bitmap] of this.#bitmaps) {
      if (wanted.has(url)) continue;
      bitmap?.close();
      this.#bitmaps.delete(url);
    }
    for (const url of wanted) if (!this.#bitmaps.has(url)) void this.#load(url);
  }

  /** @param {string} url */
  async #load(url) {
    this.#bitmaps.set(url, null);
    // An image as those on the page: whichever asks first, the browser loads it once for all of them.
    const image = new Image();
    const limit = setTimeout(() => (image.src = ""), TIME_LIMIT_MS);
    try {
      image.src = url;
      await image.decode();
      const bitmap = await createImageBitmap(image);
      if (!this.#bitmaps.has(url)) return bitmap.close();
      this.#bitmaps.set(url, bitmap);
      this.onLoad();
    } catch {
      this.#bitmaps.delete(url); // the next `keep` tries again
    } finally {
      clearTimeout(limit);
    }
  }
}

/**
 * Draw a picture as large as it fits, in the middle of a cleared canvas; what is pixel art stays unsmoothed.
 *
 * @param {HTMLCanvasElement} canvas @param {ImageBitmap|null} bitmap
 */
export function drawBitmap(canvas, bitmap) {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!bitmap) return;
  const scale = Math.min(canvas.width / bitmap.width, canvas.height / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  context.imageSmoothingEnabled = !canvas.closest(".pixel-art");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
}
