/** Show the loop with the finish as it is being changed, on the canvas that a file will have. */

import { find } from "../../../dom.js";
import { artistFor, prepare } from "../../../finish/draw.js";

/**
 * @import { BitmapCache } from "../../../bitmaps.js"
 * @import { Artist } from "../../../finish/draw.js"
 * @import { SizeRule } from "../../../finish/placing.js"
 * @import { Playback } from "../../../playback.js"
 * @import { Finish } from "../../../schema.js"
 */

export class Preview {
  #bounds;
  #canvas;
  #ground;
  #playback;
  #bitmaps;
  #font;
  /** @type {Finish|null} */
  #finish = null;
  /** @type {SizeRule|null} */
  #rule = null;
  /** @type {Artist|null} */
  #artist = null;
  /** How many pictures of the loop the artist has measured. */
  #measured = 0;
  /** What was drawn of the finish that is shown, by address. @type {Map<string, ImageBitmap>} */
  #drawn = new Map();
  #isWaiting = false;
  #isOpen = false;
  /** Called when the font could not be loaded. @type {(error: unknown) => void} */
  onError = () => {};

  /** @param {HTMLElement} root @param {Playback} playback @param {BitmapCache} bitmaps @param {string} font its address */
  constructor(root, playback, bitmaps, font) {
    this.#bounds = find(root, "[data-bounds]", HTMLElement);
    this.#canvas = find(root, "canvas", HTMLCanvasElement);
    this.#ground = find(root, "[data-ground]", HTMLElement);
    this.#playback = playback;
    this.#bitmaps = bitmaps;
    this.#font = font;
    playback.subscribe(() => this.#paintSoon());
  }

  /** The width and height of a whole canvas on the screen, in px. */
  get size() {
    return { width: this.#bounds.clientWidth || 1, height: this.#bounds.clientHeight || 1 };
  }

  /** Where the loop's lowest point stands, as a share of the canvas from its top. */
  get lowest() {
    const artist = this.#artistNow();
    return artist ? Math.min(1, Math.max(0, artist.lowest / artist.canvas[1])) : 1;
  }

  #artistNow() {
    if (!this.#finish || !this.#rule) return null;
    const bitmaps = this.#playback.moments.flatMap(({ url }) => this.#bitmaps.getPlain(url) ?? []);
    if (bitmaps.length !== this.#measured) this.#forget(); // others have been loaded
    this.#measured = bitmaps.length;
    this.#artist ??= artistFor(bitmaps, this.#finish, this.#rule);
    return this.#artist;
  }

  /** @param {Finish} finish @param {SizeRule} rule */
  async show(finish, rule) {
    if (finish === this.#finish && rule === this.#rule) return;
    const { ground } = finish.placement;
    this.#ground.hidden = ground === null;
    this.#ground.style.top = `${100 * (ground ?? 0)}%`;
    [this.#finish, this.#rule] = [finish, rule];
    try {
      await prepare(finish, this.#font);
    } catch (error) {
      return this.onError(error);
    }
    if (finish === this.#finish) this.reset();
  }

  /** Draw anew, from pictures that may be others. */
  reset() {
    this.#forget();
    this.#paintSoon();
  }

  #forget() {
    this.#artist = null;
    for (const bitmap of this.#drawn.values()) bitmap.close();
    this.#drawn.clear();
  }

  /** @param {boolean} isOpen whether it is seen */
  setOpen(isOpen) {
    this.#isOpen = isOpen;
    this.#paintSoon();
  }

  #paintSoon() {
    if (this.#isWaiting || !this.#isOpen) return;
    this.#isWaiting = true;
    requestAnimationFrame(() => {
      this.#isWaiting = false;
      this.#paint();
    });
  }

  #paint() {
    const url = this.#playback.moment?.url;
    const bitmap = url ? this.#bitmaps.getPlain(url) : null;
    const artist = bitmap && this.#artistNow();
    if (!url || !artist) return;
    const drawn = this.#drawn.get(url) ?? artist.draw(bitmap);
    this.#drawn.set(url, drawn);
    if (this.#canvas.width !== drawn.width || this.#canvas.height !== drawn.height) {
      [this.#canvas.width, this.#canvas.height] = artist.canvas;
      this.#bounds.style.setProperty("--shape", String(drawn.width / drawn.height));
    }
    const context = this.#canvas.getContext("2d");
    context?.clearRect(0, 0, drawn.width, drawn.height);
    context?.drawImage(drawn, 0, 0);
  }
}
