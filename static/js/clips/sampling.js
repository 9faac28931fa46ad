/** How many frames a part of a clip gives: `animations/motion/sampling.py` in short, so that it can be said at once. */

/** @import { Clip } from "./read-clip.js" */

export const MOST_FRAMES = 60;
export const LONGEST_MS = 10_000;
const FEWEST_FRAMES = 2;
const LEAST_DELAY_MS = 20;
const LONG_STAY_MS = 1000;

/**
 * @typedef {object} Given
 * @property {number} frames
 * @property {number|null} of as many as the part has, where that is known
 * @property {boolean} exact
 * @property {number} until where in the clip the part ends, ms
 * @property {number} length how long the loop runs, ms
 * @property {number|null} longest to how many ms long stays are shortened
 */

/**
 * @param {Clip} clip of a known duration
 * @param {number} start ms @param {number|null} end ms, null: left open
 * @param {number|null} fps null: its own frames
 * @returns {Given}
 */
export function framesIn(clip, start, end, fps) {
  const duration = clip.duration ?? LONGEST_MS;
  if (clip.times) return exactly(clip.times, duration, start, end, fps);
  const until = end ?? Math.min(duration, start + LONGEST_MS);
  const rest = { until, length: until - start, longest: null };
  if (fps !== null) return { frames: steps(start, until, fps).length, of: null, exact: true, ...rest };
  if (!clip.frames || !clip.duration) return { frames: MOST_FRAMES, of: null, exact: false, ...rest };
  const about = Math.max(FEWEST_FRAMES, Math.round((clip.frames * (until - start)) / clip.duration));
  return { frames: Math.min(MOST_FRAMES, about), of: about, exact: start === 0 && until === clip.duration, ...rest };
}

/**
 * @param {number[]} times @param {number} duration @param {number} start @param {number|null} end @param {number|null} fps
 * @returns {Given}
 */
function exactly(times, duration, start, end, fps) {
  const longest = end === null ? longestStay(times, duration, start) : null;
  const stays = staysFrom(times, duration, start).map((stay) => Math.min(stay, longest ?? stay));
  const shown = [...times.filter((at) => at <= start), ...sums(start, stays)];
  const clipEnd = /** @type {number} */ (shown.pop());
  const until = end ?? Math.min(clipEnd, start + LONGEST_MS);
  const moments = fps === null ? own(shown, start, until) : changes(shown, steps(start, until, fps));
  const kept = longEnough(moments, until);
  return {
    frames: Math.min(MOST_FRAMES, kept.length),
    of: kept.length,
    exact: true,
    until: end ?? (until === clipEnd ? duration : inClip(times, shown, until)),
    length: until - start,
    longest,
  };
}

/** Where the clip itself is, at a moment of its shortened self. @param {number[]} times @param {number[]} shown @param {number} at */
function inClip(times, shown, at) {
  const index = shown.filter((time) => time <= at).length - 1;
  return Number(times[index]) + at - Number(shown[index]);
}

/** `longest_stay` of the server. @param {number[]} times @param {number} duration @param {number} start */
function longestStay(times, duration, start) {
  const stays = staysFrom(times, duration, start);
  if (sum(stays) <= LONGEST_MS) return null;
  const median = Number([...stays].sort((one, other) => one - other)[Math.floor((stays.length - 1) / 2)]);
  const isSlideshow = stays.length <= MOST_FRAMES && median >= LONG_STAY_MS;
  const least = isSlideshow ? Math.floor(LONGEST_MS / MOST_FRAMES) : LONG_STAY_MS;
  const longest = Math.max(least, whatFits(stays));
  const first = stays.findIndex((stay) => stay > longest);
  return first >= 0 && sum(stays.slice(0, first)) < LONGEST_MS ? longest : null;
}

/** @param {number[]} times @param {number} duration @param {number} start */
function staysFrom(times, duration, start) {
  const begins = [start, ...times.filter((at) => at > start)];
  return begins.map((at, place) => (begins[place + 1] ?? duration) - at);
}

/** @param {number[]} stays */
function whatFits(stays) {
  let [left, sharedBy] = [LONGEST_MS, stays.length];
  for (const stay of [...stays].sort((one, other) => one - other)) {
    if (stay * sharedBy > left) break;
    [left, sharedBy] = [left - stay, sharedBy - 1];
  }
  return Math.floor(left / Math.max(1, sharedBy));
}

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** Where each of these ends, one after the other. @param {number} from @param {number[]} lengths */
function sums(from, lengths) {
  let at = from;
  return lengths.map((length) => (at += length));
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
