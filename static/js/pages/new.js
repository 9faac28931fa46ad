/** Upload a picture with a motion, or a clip, and open the studio of the new emoji. */

import { ApiError, createProject, IdempotencyKey } from "../api.js";
import { find } from "../dom.js";
import { MotionPicker } from "../elements/motion/motion-picker.js";
import "../elements/motion/motion-preview.js";
import { PictureDrop } from "../elements/new/picture-drop.js";
import { setBusy } from "../focus.js";
import { gettext, interpolate } from "../i18n.js";

const form = find(document, "#new", HTMLFormElement);
const drop = find(form, "picture-drop", PictureDrop);
const picker = find(form, "motion-picker", MotionPicker);
const button = find(form, "[type=submit]", HTMLButtonElement);
const bar = find(form, "progress", HTMLProgressElement);
const progress = find(form, "[data-progress]", HTMLElement);
const formError = find(form, "[data-form-error]", HTMLElement);
const idempotencyKey = new IdempotencyKey();
let sending = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!sending) void send();
});
drop.addEventListener("change", () => picker.clipRange.set(drop.clip));
picker.clipRange.follow(
  (at) => drop.scrub(at),
  (start, end) => drop.play(start, end),
);
const { sourceUrl, sourceName } = form.dataset;
if (sourceUrl) drop.showStored(sourceUrl, sourceName ?? "");
// On the way back from the studio, the browser may show this page as it was left.
addEventListener("pageshow", () => reset());

async function send() {
  picker.clear();
  formError.textContent = "";
  await drop.ready;
  const { file } = drop;
  const sourceOf = form.dataset.sourceOf;
  const options = picker.options();
  const source = file ?? sourceOf;
  if (!source) drop.showError(gettext("Choose a picture or clip first, or try one of the samples."));
  if (!source || !options) return showFirstError();
  sending = true;
  setBusy(button, true);
  bar.classList.remove("invisible");
  try {
    const body = [file?.name ?? sourceOf, file?.size, file?.lastModified, options];
    const project = await idempotencyKey.use(body, (key) => createProject(source, options, key, showProgress));
    location.assign(`/emojis/${project.id}/`);
  } catch (error) {
    const about = error instanceof ApiError ? error.about("source") : "";
    drop.showError(about);
    formError.textContent = about ? "" : picker.showErrors(error);
    reset();
    showFirstError();
  }
}

/** @param {number} share of the upload, 0 to 1 */
function showProgress(share) {
  bar.value = share;
  progress.textContent = share < 1 ? interpolate(gettext("Uploading… %(percent)s %"), { percent: Math.round(share * 100) }) : gettext("Reading your file…");
}

function reset() {
  sending = false;
  setBusy(button, false);
  bar.classList.add("invisible");
  progress.textContent = "";
}

/** Scroll to the first error. */
function showFirstError() {
  const first = [...form.querySelectorAll("[data-error]")].find((place) => place.textContent);
  first?.scrollIntoView({ block: "center" });
}
