/** Show the loop of a card as files show it. What draws that is loaded where there is something to draw. */

/**
 * @import { BitmapCache } from "../bitmaps.js"
 * @import { Playback } from "../playback.js"
 * @import { Finish } from "../schema.js"
 * @import { FinishedBitmaps } from "./finished-bitmaps.js"
 * @import { SizeRule } from "./placing.js"
 *
 * @typedef {object} CardSetup what a page knows of the finishes of its cards
 * @property {Finish} plain nothing is done to the frames
 * @property {SizeRule} canvas the shape of the cards' pictures
 * @property {string} font the address of the captions' font
 */

export class FinishedLoop {
  #bitmaps;
  #playback;
  #shown = "null";
  /** @type {Promise<FinishedBitmaps>|null} */
  #loops = null;

  /** @param {BitmapCache} bitmaps @param {Playback} playback of the loop */
  constructor(bitmaps, playback) {
    this.#bitmaps = bitmaps;
    this.#playback = playback;
  }

  /** Show the loop so. @param {Finish|null} finish null: as it is @param {Pick<CardSetup, "canvas"|"font">} setup */
  async show(finish, { canvas, font }) {
    const key = JSON.stringify(finish);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#loops ??= import("./finished-bitmaps.js").then(
      ({ FinishedBitmaps }) => new FinishedBitmaps(this.#bitmaps, () => [this.#playback.moments.map(({ url }) => url)]),
    );
    await (await this.#loops).show(finish, canvas, font);
  }
}
