/** Choose a candidate for the selected frame. */

import { choose } from "../../../api.js";
import { runAction } from "../../../feedback.js";

/** @import { Store } from "../../../live/store.js" */

/**
 * Show a candidate in the selected frame at once; the answer confirms it or takes it back.
 *
 * @param {Store} store @param {string} id @param {HTMLElement} place where an error is shown
 */
export async function chooseCandidate(store, id, place) {
  const frame = store.selectedFrame;
  const candidate = frame?.candidates.find((row) => row.id === id);
  if (!frame || candidate?.status !== "ready" || id === frame.chosen) return;
  store.setNewCandidates([]);
  store.setFrame({ ...frame, chosen: id });
  const succeeded = await runAction(place, () => {}, () => store.inTurn(async () => {
    store.setChosenFrame(await choose(store.project.id, frame.index, id), id);
    if (frame.chosen) store.noteStep({ kind: "choose", candidates: [frame.chosen] });
  }));
  if (!succeeded) store.replaceChosen(frame.id, id, frame.chosen);
}
