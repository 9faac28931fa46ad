/** Choose another motion for the project that a store holds, in a dialog. */

import { generate, IdempotencyKey } from "../../api.js";
import { find } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { isEnabled, setBusy } from "../../focus.js";
import { MotionPicker } from "./motion-picker.js";
import "./motion-preview.js";

/**
 * @import { Store } from "../../live/store.js"
 * @import { ProjectDetail } from "../../schema.js"
 * @import { ClipRange } from "./clip-range.js"
 */

let isSetUp = false;

/** Open the dialog of the page. @param {Store} store */
export function openMotionDialog(store) {
  const dialog = find(document, "#motion", HTMLDialogElement);
  const picker = find(dialog, "motion-picker", MotionPicker);
  if (!isSetUp) setUp(store, dialog, picker);
  isSetUp = true;
  showClip(store, picker.clipRange);
  if (!dialog.open) dialog.showModal();
}

/** @param {Store} store @param {HTMLDialogElement} dialog @param {MotionPicker} picker */
function setUp(store, dialog, picker) {
  const form = find(dialog, "form", HTMLFormElement);
  const button = find(form, "[type=submit]", HTMLButtonElement);
  const error = find(form, "[data-form-error]", HTMLElement);
  const idempotencyKey = new IdempotencyKey();
  find(form, "[data-close]", HTMLButtonElement).addEventListener("click", () => dialog.close());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isEnabled(button)) return;
    picker.clear();
    error.textContent = "";
    const options = picker.options();
    if (!options) return;
    const send = async () => {
      const before = generationBefore(store.project);
      const job = await idempotencyKey.use(options, (key) => generate(store.project.id, options, key));
      if (before && job.id !== store.project.job?.id) store.noteStep({ kind: "generation", generation: before });
      store.setJob(job);
      dialog.close();
    };
    void runAction(error, (busy) => setBusy(button, busy), send, (reason) => picker.showErrors(reason));
  });
}

/** Get the generation that is kept beside a new one: what is shown, or, without a frame, what was kept. @param {ProjectDetail} project */
function generationBefore({ frames, generation, kept_generation }) {
  return frames.some((frame) => frame.chosen) ? generation : kept_generation;
}

/** Show the source's clip, and the range that the project uses. @param {Store} store @param {ClipRange} range */
function showClip({ project }, range) {
  const { source, clip_start_ms, clip_end_ms, clip_fps, frame_count, generator } = project;
  if (!source.clip) return;
  range.set({ duration: source.clip.duration_ms, times: null, frames: source.clip.frames });
  range.restore({ start: clip_start_ms, end: clip_end_ms, fps: clip_fps, frames: frame_count }, generator === "clip");
}
