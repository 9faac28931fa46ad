/** Name the matting engines, and tell which of them can run now. */

import { listEngines } from "./api.js";

/** @import { Engine } from "./schema.js" */

/** The server's names of the engines, by slug. @type {Record<string, string>} */
const NAMES = JSON.parse(document.querySelector("#engine-names")?.textContent ?? "{}");
const CACHE_MS = 15_000;

/** @type {Promise<Engine[]>|null} */
let cached = null;
let cachedAt = -CACHE_MS;

/** Get an engine's name. @param {string} slug */
export const engineName = (slug) => NAMES[slug] ?? slug;

/** List the engines that make mattes; an answer is kept for a while. @returns {Promise<Engine[]>} */
export function mattingEngines() {
  if (!cached || performance.now() - cachedAt > CACHE_MS) {
    cachedAt = performance.now();
    cached = listEngines().then((answer) => answer.engines.filter((engine) => engine.kind === "matte"));
    cached.catch(() => (cached = null));
  }
  return cached;
}

/**
 * Keep the first clause of a reason: the rest is for the operator.
 *
 * @param {string} reason
 */
export const shorten = (reason) => reason.split(/[:;.]\s/)[0] ?? reason;

/** Say why some engines cannot run: each reason once, after the engines it concerns. @param {Engine[]} engines */
export function unavailableReasons(engines) {
  /** @type {Map<string, string[]>} */
  const reasons = new Map();
  for (const engine of engines) {
    if (engine.available) continue;
    const reason = shorten(engine.reason);
    reasons.set(reason, [...(reasons.get(reason) ?? []), engineName(engine.slug)]);
  }
  return [...reasons].map(([reason, names]) => `${names.join(", ")}: ${reason}`);
}
