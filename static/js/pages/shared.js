/** Play the loop of a shared emoji. */

import { BitmapCache, drawBitmap } from "../bitmaps.js";
import { find } from "../dom.js";
import { Playback } from "../playback.js";

/** @type {{url: string, delay: number}[]} */
const moments = JSON.parse(find(document, "#moments", HTMLScriptElement).textContent ?? "[]");
const canvas = find(document, "canvas", HTMLCanvasElement);
const playback = new Playback();
const bitmaps = new BitmapCache();

const draw = () => playback.moment && drawBitmap(canvas, bitmaps.get(playback.moment.url));
bitmaps.onLoad = draw;
bitmaps.retain(moments.map((moment) => moment.url));
playback.set(moments.map((moment, index) => ({ ...moment, index, id: moment.url })));
playback.subscribe(draw);
