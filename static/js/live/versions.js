/** Tell which candidates belong to which version of the whole loop. */

import { chosenCandidate, readyCandidate } from "./statuses.js";

/** @import { Candidate, Frame } from "../schema.js" */

/** Get the candidate that a frame shows in a version: what it shows now, if that was mended from it. @param {Frame} frame @param {number} ordinal */
export function candidateOf(frame, ordinal) {
  const chosen = chosenCandidate(frame);
  return chosen && ordinalOf(frame, chosen) === ordinal ? chosen : readyCandidate(frame, ordinal);
}

/** Get the version that all frames with a picture show, or null where they are a mix. @param {Frame[]} frames */
export function chosenVersion(frames) {
  const ordinals = new Set(frames.flatMap((frame) => {
    const chosen = chosenCandidate(frame);
    return chosen ? [ordinalOf(frame, chosen)] : [];
  }));
  const [ordinal] = ordinals;
  return ordinals.size === 1 ? (ordinal ?? null) : null;
}

/** Get the ordinal of what a candidate was mended from; one that was made by other words is of no version. @param {Frame} frame @param {Candidate} candidate */
function ordinalOf(frame, candidate) {
  let origin = candidate;
  while (origin.origin === "refined") {
    const parent = frame.candidates.find((known) => known.id === origin.parent);
    if (!parent) break;
    origin = parent;
  }
  return origin.origin === "generated" ? origin.ordinal : null;
}
