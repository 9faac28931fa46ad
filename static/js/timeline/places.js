/** Work out other orders of a loop's frames: functions of places, which say what is shown and for how long. */

/** @import { Frame } from "../schema.js" */

/** @typedef {{frame: string, delay_ms: number}} Place */
/** @typedef {{frames: [number, number], delay: [number, number]}} Limits the least and the most: of frames, of ms */

/** @param {Frame[]} frames @returns {Place[]} */
export const placesOf = (frames) => frames.map(({ id, delay_ms }) => ({ frame: id, delay_ms }));

/** @param {Place[]} one @param {Place[]} other */
export const areSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Add up how long a loop takes, in ms. @param {{delay_ms: number}[]} places */
export const lengthOf = (places) => places.reduce((sum, place) => sum + place.delay_ms, 0);

/**
 * Put frames side by side in another place: before the one that is at `to` now.
 *
 * @param {Place[]} places @param {Set<string>} ids @param {number} to
 */
export function moveTo(places, ids, to) {
  const moved = places.filter(({ frame }) => ids.has(frame));
  const stays = (/** @type {Place} */ { frame }) => !ids.has(frame);
  return [...places.slice(0, to).filter(stays), ...moved, ...places.slice(to).filter(stays)];
}

/** Move frames by one place. @param {Place[]} places @param {Set<string>} ids @param {-1|1} step */
export function moveBy(places, ids, step) {
  const at = places.flatMap(({ frame }, index) => (ids.has(frame) ? [index] : []));
  const to = step < 0 ? (at[0] ?? 0) - 1 : (at.at(-1) ?? 0) + 2;
  return to < 0 || to > places.length ? places : moveTo(places, ids, to);
}

/** Show frames once more, side by side after the last of them. @param {Place[]} places @param {Set<string>} ids */
export function duplicate(places, ids) {
  const again = places.filter(({ frame }) => ids.has(frame));
  const last = places.map(({ frame }) => ids.has(frame)).lastIndexOf(true);
  return [...places.slice(0, last + 1), ...again, ...places.slice(last + 1)];
}

/** @param {Place[]} places @param {Set<string>} ids */
export const remove = (places, ids) => places.filter(({ frame }) => !ids.has(frame));

/**
 * Give frames another time.
 *
 * @param {Place[]} places @param {Set<string>} ids @param {(delay: number) => number} change ms to ms
 * @param {Limits} limits
 */
export function retime(places, ids, change, { delay: [least, most] }) {
  return places.map((place) =>
    ids.has(place.frame) ? { ...place, delay_ms: clamp(change(place.delay_ms), least, most) } : place);
}

/** Let the whole loop take so long: every frame its share, in whole ms. @param {Place[]} places @param {number} total ms @param {Limits} limits */
export function stretch(places, total, { delay: [least, most] }) {
  const factor = total / lengthOf(places);
  let owed = 0;
  return places.map(({ frame, delay_ms }) => {
    const exact = delay_ms * factor + owed;
    const delay = clamp(exact, least, most);
    owed = exact - delay;
    return { frame, delay_ms: delay };
  });
}

/** @param {number} value @param {number} least @param {number} most */
const clamp = (value, least, most) => Math.min(most, Math.max(least, Math.round(value)));

/** Put frames in the order of places, each with its time. @param {Frame[]} frames @param {Place[]} places @returns {Frame[]} */
export function inOrder(frames, places) {
  const byId = new Map(frames.map((frame) => [frame.id, frame]));
  const shown = [...new Map(places.map((place) => [place.frame, place])).values()].filter(({ frame }) => byId.has(frame));
  return shown.map(({ frame, delay_ms }, index) => ({ .../** @type {Frame} */ (byId.get(frame)), index, delay_ms }));
}
