/** Upload a picture with a motion, or a clip, and open the studio of the new emoji; with several motions, the page of their set. */

import { ApiError, createProject, createSet, IdempotencyKey } from "../api.js";
import { find } from "../dom.js";
import { MotionPicker } from "../elements/motion/motion-picker.js";
import "../elements/motion/motion-preview.js";
import { PictureDrop } from "../elements/new/picture-drop.js";
import { SeveralMotions } from "../elements/new/several-motions.js";
import { setBusy } from "../focus.js";
import { gettext, interpolate } from "../i18n.js";

const form = find(document, "#new", HTMLFormElement);
const drop = find(form, "picture-drop", PictureDrop);
const picker = find(form, "motion-picker", MotionPicker);
const button = find(form, "[type=submit]", HTMLButtonElement);
const bar = find(form, "progress", HTMLProgressElement);
const progress = find(form, "[data-progress]", HTMLElement);
const formError = find(form, "[data-form-error]", HTMLElement);
const box = form.querySelector("[data-several]");
const several = box instanceof HTMLInputElement ? new SeveralMotions(picker, box, button) : null;
const idempotencyKey = new IdempotencyKey();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!drop.isLocked) void send();
});
button.disabled = false; // before, the browser would have sent the form, and all would be lost
drop.addEventListener("change", () => picker.clipRange.set(drop.clip));
picker.clipRange.follow(
  (at) => drop.scrub(at),
  (start, end) => drop.play(start, end),
);
const { sourceUrl, sourceName } = form.dataset;
if (sourceUrl) drop.showStored(sourceUrl, sourceName ?? "");
// On the way back from the studio, the browser may show this page as it was left.
addEventListener("pageshow", (event) => event.persisted && reset());

async function send() {
  setSending(true);
  picker.clear();
  formError.textContent = "";
  await drop.ready;
  const { file } = drop;
  const sourceOf = form.dataset.sourceOf;
  const motions = several?.isOn ? several.motions : null;
  const options = motions ? severalOptions() : picker.options();
  const source = file ?? sourceOf;
  if (!source) drop.showError(gettext("Choose a picture or clip first, or try one of the samples."));
  if (!source || !options) {
    setSending(false);
    return showFirstError();
  }
  bar.classList.remove("invisible");
  try {
    const body = [file?.name ?? sourceOf, file?.size, file?.lastModified, options, motions];
    location.assign(await idempotencyKey.use(body, async (key) => {
      if (motions) return `/sets/${(await createSet(source, motions, options, key, showProgress)).id}/`;
      return `/emojis/${(await createProject(source, options, key, showProgress)).id}/`;
    }));
  } catch (error) {
    const about = error instanceof ApiError ? error.about("source") : "";
    drop.showError(about);
    formError.textContent = about ? "" : picker.showErrors(error);
    reset();
    showFirstError();
  }
}

/** Get what is chosen for all of several motions; null when something is wrong with these. */
function severalOptions() {
  const problem = several?.problem;
  if (problem) picker.showError("prompt", problem);
  return problem ? null : picker.choices;
}

/** @param {number} share of the upload, 0 to 1 */
function showProgress(share) {
  bar.value = share;
  progress.textContent = share < 1 ? interpolate(gettext("Uploading… %(percent)s %"), { percent: Math.round(share * 100) }) : gettext("Reading your file…");
}

/** @param {boolean} isSending */
function setSending(isSending) {
  drop.isLocked = isSending;
  setBusy(button, isSending);
}

function reset() {
  setSending(false);
  bar.classList.add("invisible");
  progress.textContent = "";
}

/** Scroll to the first error. */
function showFirstError() {
  const first = [...form.querySelectorAll("[data-error]")].find((place) => place.textContent);
  first?.scrollIntoView({ block: "center" });
}
