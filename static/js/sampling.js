/** How many frames a part of a clip gives: `animations/motion/sampling.py` in short, so that it can be said at once. */

/** @import { Clip } from "./clips.js" */

export const MOST_FRAMES = 60;
export const LONGEST_MS = 10_000;
const FEWEST_FRAMES = 2;
const LEAST_DELAY_MS = 20;

/**
 * @param {Clip} clip @param {number} start ms @param {number} end ms @param {number|null} fps null: its own frames
 * @returns {{frames: number, of: number|null, exact: boolean}} `of`: as many as the part has, where that is known
 */
export function framesIn(clip, start, end, fps) {
  if (clip.times) return exactly(clip.times, start, end, fps);
  if (fps !== null) return { frames: steps(start, end, fps).length, of: null, exact: true };
  if (!clip.frames || !clip.duration) return { frames: MOST_FRAMES, of: null, exact: false };
  const about = Math.max(FEWEST_FRAMES, Math.round((clip.frames * (end - start)) / clip.duration));
  return { frames: Math.min(MOST_FRAMES, about), of: about, exact: start === 0 && end === clip.duration };
}

/** @param {number[]} times @param {number} start @param {number} end @param {number|null} fps */
function exactly(times, start, end, fps) {
  const shown = fps === null ? own(times, start, end) : changes(times, steps(start, end, fps));
  const kept = longEnough(shown, end);
  return { frames: Math.min(MOST_FRAMES, kept.length), of: kept.length, exact: true };
}

/** @param {number[]} times @param {number} start @param {number} end */
const own = (times, start, end) => [start, ...times.filter((at) => start < at && at < end)];

/** @param {number} start @param {number} end @param {number} fps */
function steps(start, end, fps) {
  const total = end - start;
  const count = Math.min(MOST_FRAMES, Math.max(FEWEST_FRAMES, Math.floor((total * fps) / 1000)));
  return Array.from({ length: count }, (_, step) => start + Math.round((total * step) / count));
}

/** Those at which another frame is on show. @param {number[]} times @param {number[]} moments */
function changes(times, moments) {
  const at = moments.map((moment) => times.filter((time) => time <= moment).length);
  return moments.filter((_, place) => place === 0 || at[place] !== at[place - 1]);
}

/** @param {number[]} shown @param {number} end */
function longEnough(shown, end) {
  /** @type {number[]} */
  const kept = [];
  for (const at of shown) if (!kept.length || at - Number(kept.at(-1)) >= LEAST_DELAY_MS) kept.push(at);
  if (kept.length > 1 && end - Number(kept.at(-1)) < LEAST_DELAY_MS) kept.pop();
  return kept;
}
