/** Show loops with the finish wherever they are played: each picture is drawn once, when it is first needed. */

import { artistFor, prepare } from "./draw.js";

/**
 * @import { BitmapCache } from "../bitmaps.js"
 * @import { Finish } from "../schema.js"
 * @import { Artist } from "./draw.js"
 * @import { SizeRule } from "./placing.js"
 *
 * @typedef {object} FinishSetup what the page knows of finishes
 * @property {Finish} plain nothing is done to the frames
 * @property {import("../elements/studio/finish/controls.js").Layers} layers as they begin
 * @property {Record<string, SizeRule>} canvases the sizes that each platform takes
 * @property {string} font the address of the captions' font
 */

export class FinishedBitmaps {
  #cache;
  #loopsOf;
  /** @type {{finish: Finish, rule: SizeRule}|null} */
  #wanted = null;
  /** By the addresses of a loop's pictures that are loaded. @type {Map<string, Artist|null>} */
  #artists = new Map();
  #asked = 0;
  /** By a picture's address. @type {Map<string, {artist: Artist, bitmap: ImageBitmap}>} */
  #drawn = new Map();

  /** @param {BitmapCache} cache @param {() => string[][]} loopsOf the addresses of each loop's pictures, now */
  constructor(cache, loopsOf) {
    this.#cache = cache;
    this.#loopsOf = loopsOf;
    cache.finish = (url, bitmap) => this.#finished(url, bitmap);
  }

  /** Show the loops so. @param {Finish|null} finish null: as they are @param {SizeRule} rule of the files @param {string} font */
  async show(finish, rule, font) {
    const asked = ++this.#asked;
    if (finish) await prepare(finish, font);
    if (asked !== this.#asked) return;
    this.#wanted = finish && { finish, rule };
    this.#artists.clear();
    for (const { bitmap } of this.#drawn.values()) bitmap.close();
    this.#drawn.clear();
    this.#cache.version++;
  }

  /** @param {string} url @param {ImageBitmap} bitmap */
  #finished(url, bitmap) {
    const artist = this.#wanted && this.#artistOf(url);
    if (!artist) return bitmap;
    const known = this.#drawn.get(url);
    if (known?.artist === artist) return known.bitmap;
    known?.bitmap.close();
    const drawn = artist.draw(bitmap);
    this.#drawn.set(url, { artist, bitmap: drawn });
    return drawn;
  }

  /** Get what draws the loop of a picture. It measures those that are loaded. @param {string} url */
  #artistOf(url) {
    const loop = this.#loopsOf().find((urls) => urls.includes(url)) ?? [url];
    const bitmaps = loop.flatMap((each) => this.#cache.getPlain(each) ?? []);
    const key = `${loop.join()} ${bitmaps.length}`;
    const known = this.#artists.get(key);
    if (known !== undefined || !this.#wanted) return known ?? null;
    const artist = artistFor(bitmaps, this.#wanted.finish, this.#wanted.rule);
    this.#artists.set(key, artist);
    return artist;
  }
}
