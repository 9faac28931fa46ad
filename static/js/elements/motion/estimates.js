/** Estimate how long frames take to be made, by the times that the server has learned and written into the page. */

import { find } from "../../dom.js";
import { aboutTime, countFrames } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";

/**
 * @typedef {object} Estimates
 * @property {Record<string, {once_ms: number, frame_ms: number}|undefined>} mattes by the choice of a matte
 * @property {number} drawing_ms of one frame of `drawn_side` px
 * @property {number} drawn_side
 */

/**
 * What is to be made: `mattes` pictures are cut out, and `drawn` frames are drawn of them.
 *
 * @typedef {{matte: string, mattes: number, frames: number, drawn: number, size: number}} Work
 */

/** Say how many frames there will be and how long they take here; "" where that is not known. @param {ParentNode} root @param {Work} work */
export function estimateText(root, { matte, mattes, frames, drawn, size }) {
  /** @type {Estimates} */
  const known = JSON.parse(find(root, "#estimates", HTMLScriptElement).textContent ?? "");
  const time = known.mattes[matte];
  if (!time || !frames) return "";
  const drawing = drawn * known.drawing_ms * (size / known.drawn_side) ** 2;
  const values = { frames: countFrames(frames), time: aboutTime(time.once_ms + mattes * time.frame_ms + drawing) };
  return interpolate(gettext("%(frames)s, %(time)s here."), values);
}
