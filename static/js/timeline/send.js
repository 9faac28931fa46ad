/** Send another order of the frames. */

import { setTimeline } from "../api.js";
import { placesOf } from "./places.js";

/**
 * @import { Store } from "../live/store.js"
 * @import { Step } from "./history.js"
 * @import { Place } from "./places.js"
 */

/** Have the frames so, show them as they are then, and return the step back. @param {Store} store @param {Place[]} places @returns {Promise<Step>} */
export async function sendPlaces(store, places) {
  const { undo, ...project } = await setTimeline(store.project.id, { frames: places, revision: store.project.revision });
  store.setProject(project);
  return { kind: "timeline", from: placesOf(project.frames), to: undo.frames };
}
