/** Show the finish in all of the studio: in the player and the chats, in the strip of frames, and on the versions. */

import { drawBitmap, unlessPlain } from "../bitmaps.js";
import { FinishedBitmaps } from "./finished-bitmaps.js";

/**
 * @import { BitmapCache } from "../bitmaps.js"
 * @import { FrameStrip } from "../elements/studio/frames/frame-strip.js"
 * @import { LoopVersions } from "../elements/studio/loop-versions.js"
 * @import { Store } from "../live/store.js"
 * @import { Playback } from "../playback.js"
 * @import { FinishSetup } from "./finished-bitmaps.js"
 *
 * @typedef {{store: Store, playback: Playback, bitmaps: BitmapCache, strip: FrameStrip, versions: LoopVersions, setup: FinishSetup}} Parts
 */

const THUMBNAIL_SIDE = 144;
const PAUSE_MS = 200;

/** Keep the studio's parts showing the finish. @param {Parts} parts */
export function showFinish({ store, playback, bitmaps, strip, versions, setup }) {
  const player = new FinishedBitmaps(bitmaps, () => [playback.moments.map(({ url }) => url)]);
  const cards = new FinishedBitmaps(versions.bitmaps, () => versions.loops);
  const thumbnails = new Thumbnails(playback, bitmaps, strip);
  let shown = "";
  store.subscribe(async () => {
    const { finish } = store.project;
    const rule = setup.canvases[store.platform] ?? Object.values(setup.canvases)[0];
    const key = JSON.stringify([finish, rule]);
    if (key === shown || !rule) return;
    shown = key;
    const wanted = unlessPlain(finish, setup.plain);
    // Without the captions' font, the studio shows the frames as they were.
    await Promise.all([player, cards].map((loops) => loops.show(wanted, rule, setup.font))).catch(() => {});
    thumbnails.isWanted = wanted !== null;
    playback.set(playback.moments);
    versions.draw();
  });
}

/** Small pictures of the finished frames for the strip, made one by one once nothing has changed for a moment. */
class Thumbnails {
  isWanted = false;
  #playback;
  #bitmaps;
  #strip;
  /** @type {Map<string, string>} */
  #urls = new Map();
  #canvas = document.createElement("canvas");
  #made = "";
  #timer = 0;

  /** @param {Playback} playback @param {BitmapCache} bitmaps @param {FrameStrip} strip */
  constructor(playback, bitmaps, strip) {
    this.#playback = playback;
    this.#bitmaps = bitmaps;
    this.#strip = strip;
    this.#canvas.width = this.#canvas.height = THUMBNAIL_SIDE;
    strip.pictureOf = (url) => this.#urls.get(url) ?? url;
    playback.subscribe(() => this.#follow());
  }

  #follow() {
    const urls = this.#playback.moments.map(({ url }) => url);
    const loaded = urls.filter((url) => this.#bitmaps.getPlain(url));
    const key = [this.#bitmaps.version, ...loaded].join();
    if (key === this.#made) return;
    this.#made = key;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#make(loaded, new Map()), PAUSE_MS);
  }

  /** Draw the next, and show all when the last is drawn. @param {string[]} urls @param {Map<string, string>} made */
  #make(urls, made) {
    const [url, ...others] = this.isWanted ? urls : [];
    if (!url) {
      this.#urls = made;
      return this.#strip.refresh();
    }
    drawBitmap(this.#canvas, this.#bitmaps.get(url));
    made.set(url, this.#canvas.toDataURL());
    this.#timer = window.setTimeout(() => this.#make(others, made), 0);
  }
}
