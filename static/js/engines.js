/** What cuts subjects out, in words, and which of it can run now. */

import { listEngines } from "./api.js";

/** @import { Engine } from "./schema.js" */

/** @type {Record<string, string>} */
const NAMES = {
  rembg: "rembg",
  birefnet: "BiRefNet",
  sam: "SAM 2",
  white: "White background",
  none: "Kept as it is",
  procedural: "Drawn",
};
const FRESH_MS = 15_000;

/** @type {Promise<Engine[]>|null} */
let asked = null;
let askedAt = -FRESH_MS;

/** @param {string} slug */
export const engineName = (slug) => NAMES[slug] ?? slug;

/** Those that make mattes, asked for again when the last answer is old. @returns {Promise<Engine[]>} */
export function mattingEngines() {
  if (!asked || performance.now() - askedAt > FRESH_MS) {
    askedAt = performance.now();
    asked = listEngines().then((answer) => answer.engines.filter((engine) => engine.kind === "matte"));
    asked.catch(() => (asked = null));
  }
  return asked;
}

/**
 * The first clause of a reason: what comes after it is for who runs the place.
 *
 * @param {string} reason
 */
export const briefly = (reason) => reason.split(/[:;.]\s/)[0] ?? reason;

/** Why some cannot run, each reason once with all that it keeps from running. @param {Engine[]} engines */
export function whyNot(engines) {
  /** @type {Map<string, string[]>} */
  const reasons = new Map();
  for (const engine of engines) {
    if (engine.available) continue;
    const why = briefly(engine.reason);
    reasons.set(why, [...(reasons.get(why) ?? []), engineName(engine.slug)]);
  }
  return [...reasons].map(([reason, names]) => `${names.join(", ")}: ${reason}`);
}
