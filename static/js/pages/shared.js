/** Play the loop of a shared emoji. */

import { BitmapCache, drawBitmap } from "../bitmaps.js";
import { find } from "../dom.js";
import { Playback } from "../playback.js";

/** @type {{url: string, delay: number}[]} */
const moments = JSON.parse(find(document, "#moments", HTMLScriptElement).textContent ?? "[]");
const canvas = find(document, "canvas", HTMLCanvasElement);
const playback = new Playback();
const bitmaps = new BitmapCache();

/** @type {{finish: import("../schema.js").Finish, canvas: import("../finish/placing.js").SizeRule, font: string}|null} */
const setup = JSON.parse(find(document, "#finish", HTMLScriptElement).textContent ?? "null");
const draw = () => playback.moment && drawBitmap(canvas, bitmaps.get(playback.moment.url));
bitmaps.onLoad = draw;
bitmaps.retain(moments.map((moment) => moment.url));
playback.set(moments.map((moment, index) => ({ ...moment, index, id: moment.url })));
playback.subscribe(draw);
if (setup) {
  const { FinishedBitmaps } = await import("../finish/finished-bitmaps.js");
  await new FinishedBitmaps(bitmaps, () => [moments.map(({ url }) => url)]).show(setup.finish, setup.canvas, setup.font);
  draw();
}
