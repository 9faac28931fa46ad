/** Write numbers as people read them. */

/** @param {number} count @param {string} noun */
export function pluralize(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** @param {string} text */
export const capitalize = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Name a version of the whole loop: A, B … @param {number} ordinal */
export const versionName = (ordinal) => `Version ${String.fromCharCode(65 + ordinal)}`;

/** Say how a version moves. @param {{difference: string}} version */
export const differenceText = ({ difference }) => difference || "as you asked";

/** @param {number} bytes decimal kB and MB, as the platforms count */
export function formatBytes(bytes) {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} ms */
export function formatSeconds(ms) {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** Say how long something takes, as nobody can know it better. @param {number} ms */
export function aboutTime(ms) {
  if (ms < 10_000) return "a few seconds";
  if (ms < 55_000) return `about ${Math.round(ms / 10_000) * 10} seconds`;
  return `about ${pluralize(Math.max(1, Math.round(ms / 60_000)), "minute")}`;
}
