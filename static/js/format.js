/** Write numbers as people read them. */

import { gettext, interpolate, ngettext } from "./i18n.js";

/** Count frames. @param {number} count */
export const countFrames = (count) => interpolate(ngettext("%(count)s frame", "%(count)s frames", count), { count });

/** Name a frame by its place. @param {number} index from 0 */
export const frameName = (index) => interpolate(gettext("Frame %(number)s"), { number: index + 1 });

/** @param {string} text */
export const capitalize = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Name a version of the whole loop: A, B … @param {number} ordinal */
export const versionName = (ordinal) => interpolate(gettext("Version %(letter)s"), { letter: String.fromCharCode(65 + ordinal) });

/** Say how a version moves. @param {{difference: string}} version */
export const differenceText = ({ difference }) => difference || gettext("as you asked");

/** What is said of an emoji whose frames are not all there. @type {Record<string, string>} by its status */
export const STATUS_TEXTS = {
  draft: gettext("Not started"),
  failed: gettext("Failed"),
  partial: gettext("Some frames failed"),
  cancelled: gettext("Stopped"),
};

/** @param {number} bytes decimal kB and MB, as the platforms count */
export function formatBytes(bytes) {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} ms @param {number} [digits] */
export function formatSeconds(ms, digits = ms < 10_000 ? 1 : 0) {
  return interpolate(gettext("%(seconds)s s"), { seconds: (ms / 1000).toFixed(digits) });
}

/** Say how long something takes, as nobody can know it better. @param {number} ms */
export function aboutTime(ms) {
  if (ms < 10_000) return gettext("a few seconds");
  if (ms < 55_000) return interpolate(gettext("about %(count)s seconds"), { count: Math.round(ms / 10_000) * 10 });
  const count = Math.max(1, Math.round(ms / 60_000));
  return interpolate(ngettext("about %(count)s minute", "about %(count)s minutes", count), { count });
}
