/** Set up the tools for the selected frame. */

import { find } from "../../../dom.js";
import { CandidatePicker } from "./candidate-picker.js";
import { FrameViewer } from "./frame-viewer.js";
import { RetryBox } from "./retry-box.js";

/** @import { Store } from "../../../live/store.js" */

/** @param {Store} store */
export function attachFrameTools(store) {
  find(document, "candidate-picker", CandidatePicker).attach(store);
  find(document, "retry-box", RetryBox).attach(store);
  find(document, "frame-viewer", FrameViewer).attach(store);
}
