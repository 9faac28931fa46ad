/**
 * Count the frames that a range of a clip gives, as `animations/motion/sampling.py` does, so that the page can say it at
 * once. Both are tested with the cases of `tests/data/sampling_cases.json`.
 */

/** @import { Clip } from "./read-clip.js" */

/**
 * The server's bounds of a loop; `long_stay_ms` is how long a picture stays that is meant to be looked at.
 *
 * @typedef {object} LoopLimits
 * @property {number} min_frames
 * @property {number} max_frames
 * @property {number} usual_frames as many as a clip's own timing is thinned to, unless more are asked for
 * @property {number} max_ms
 * @property {number} min_delay_ms
 * @property {number} long_stay_ms
 */

/**
 * A part of a clip, in ms; without an `end` it is left open, without `fps` the clip's own frames are taken, and of those
 * at most `most`.
 *
 * @typedef {{start: number, end: number|null, fps: number|null, most: number}} Range
 */

/**
 * @typedef {object} Sample
 * @property {number} frames
 * @property {number|null} of the number of frames in the range, where that is known
 * @property {boolean} exact
 * @property {number} until where the range ends in the clip, ms
 * @property {number} length how long the loop runs, ms
 * @property {number|null} longest the ms that long stays are shortened to
 */

/**
 * Count the frames of a range.
 *
 * @param {Clip} clip @param {Range} range @param {LoopLimits} limits
 * @returns {Sample}
 */
export function sampleClip(clip, range, limits) {
  const { start, end, fps, most } = range;
  if (clip.times) return sampleExactly(clip.times, clip.duration ?? limits.max_ms, range, limits);
  const until = end ?? Math.min(clip.duration ?? limits.max_ms, start + limits.max_ms);
  const rest = { until, length: until - start, longest: null };
  if (fps !== null) return { frames: evenSteps(start, until, fps, limits).length, of: null, exact: true, ...rest };
  if (!clip.frames || !clip.duration) return { frames: most, of: null, exact: false, ...rest };
  const estimate = Math.max(limits.min_frames, Math.round((clip.frames * (until - start)) / clip.duration));
  const exact = start === 0 && until === clip.duration;
  return { frames: Math.min(most, estimate), of: estimate, exact, ...rest };
}

/**
 * @param {number[]} times when each frame of the clip begins, ms @param {number} duration
 * @param {Range} range @param {LoopLimits} limits
 * @returns {Sample}
 */
function sampleExactly(times, duration, { start, end, fps, most }, limits) {
  const longest = end === null ? longestStay(times, duration, start, limits) : null;
  const stays = staysFrom(times, duration, start).map((stay) => Math.min(stay, longest ?? stay));
  const shortened = [...times.filter((at) => at <= start), ...cumulate(start, stays)];
  const clipEnd = /** @type {number} */ (shortened.pop());
  const until = end ?? Math.min(clipEnd, start + limits.max_ms);
  const moments = fps === null ? ownMoments(shortened, start, until) : changes(shortened, evenSteps(start, until, fps, limits));
  const kept = longEnough(moments, until, limits);
  return {
    frames: Math.min(fps === null ? most : limits.max_frames, kept.length),
    of: kept.length,
    exact: true,
    until: end ?? (until === clipEnd ? duration : timeInClip(times, shortened, until)),
    length: until - start,
    longest,
  };
}

/** Get the time in the clip of a time in its shortened version. @param {number[]} times @param {number[]} shortened @param {number} at */
function timeInClip(times, shortened, at) {
  const index = shortened.filter((time) => time <= at).length - 1;
  return Number(times[index]) + at - Number(shortened[index]);
}

/**
 * Decide how long a picture may stay in a loop whose end is left open; null where nothing is shortened.
 *
 * @param {number[]} times @param {number} duration @param {number} start @param {LoopLimits} limits
 */
function longestStay(times, duration, start, limits) {
  const stays = staysFrom(times, duration, start);
  if (sum(stays) <= limits.max_ms) return null;
  const median = Number([...stays].sort((one, other) => one - other)[Math.floor((stays.length - 1) / 2)]);
  const isSlideshow = stays.length <= limits.max_frames && median >= limits.long_stay_ms;
  const least = isSlideshow ? Math.floor(limits.max_ms / limits.max_frames) : limits.long_stay_ms;
  const longest = Math.max(least, longestThatFits(stays, limits.max_ms));
  const first = stays.findIndex((stay) => stay > longest);
  return first >= 0 && sum(stays.slice(0, first)) < limits.max_ms ? longest : null;
}

/** List how long each picture stays, from `start` on. @param {number[]} times @param {number} duration @param {number} start */
function staysFrom(times, duration, start) {
  const begins = [start, ...times.filter((at) => at > start)];
  return begins.map((at, place) => (begins[place + 1] ?? duration) - at);
}

/** Find the longest stay with which all together fit into `total` ms. @param {number[]} stays @param {number} total */
function longestThatFits(stays, total) {
  let [left, sharedBy] = [total, stays.length];
  for (const stay of [...stays].sort((one, other) => one - other)) {
    if (stay * sharedBy > left) break;
    [left, sharedBy] = [left - stay, sharedBy - 1];
  }
  return Math.floor(left / Math.max(1, sharedBy));
}

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** List where each of these ends, one after the other. @param {number} from @param {number[]} lengths */
function cumulate(from, lengths) {
  let at = from;
  return lengths.map((length) => (at += length));
}

/** @param {number[]} times @param {number} start @param {number} end */
const ownMoments = (times, start, end) => [start, ...times.filter((at) => start < at && at < end)];

/** @param {number} start @param {number} end @param {number} fps @param {LoopLimits} limits */
function evenSteps(start, end, fps, limits) {
  const total = end - start;
  const count = Math.min(limits.max_frames, Math.max(limits.min_frames, Math.floor((total * fps) / 1000)));
  return Array.from({ length: count }, (_, step) => start + Math.round((total * step) / count));
}

/** Keep the moments at which another frame is shown than at the one before. @param {number[]} times @param {number[]} moments */
function changes(times, moments) {
  const shown = moments.map((moment) => times.filter((time) => time <= moment).length);
  return moments.filter((_, place) => place === 0 || shown[place] !== shown[place - 1]);
}

/** Drop the moments that would be too short to be seen. @param {number[]} moments @param {number} end @param {LoopLimits} limits */
function longEnough(moments, end, { min_delay_ms: least }) {
  /** @type {number[]} */
  const kept = [];
  for (const at of moments) if (!kept.length || at - Number(kept.at(-1)) >= least) kept.push(at);
  if (kept.length > 1 && end - Number(kept.at(-1)) < least) kept.pop();
  return kept;
}
