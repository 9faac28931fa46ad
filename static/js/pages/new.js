/** A picture and a motion, or a clip, in; a new emoji out. */

import { ApiError, createProject, IdempotencyKey } from "../api.js";
import "../elements/motion/motion-preview.js";
import { MotionPicker } from "../elements/motion/motion-picker.js";
import { PictureDrop } from "../elements/new/picture-drop.js";
import { setBusy } from "../focus.js";
import { find } from "../dom.js";

const form = find(document, "#new", HTMLFormElement);
const drop = find(form, "picture-drop", PictureDrop);
const picker = find(form, "motion-picker", MotionPicker);
const button = find(form, "[type=submit]", HTMLButtonElement);
const bar = find(form, "progress", HTMLProgressElement);
const progress = find(form, "[data-progress]", HTMLElement);
const complaint = find(form, "[data-form-error]", HTMLElement);
const idempotency = new IdempotencyKey();
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
// Back from the studio, the browser may show this page as it was left.
addEventListener("pageshow", () => rest());

async function send() {
  picker.clear();
  complaint.textContent = "";
  await drop.ready;
  const { file } = drop;
  const choices = picker.choices();
  if (!file) drop.showError("Choose a picture or clip first, or try one of the samples.");
  if (!file || !choices) return lead(form);
  sending = true;
  setBusy(button, true);
  bar.classList.remove("invisible");
  try {
    const key = idempotency.key([file.name, file.size, file.lastModified, choices]);
    const project = await createProject(file, choices, key, upload);
    idempotency.done();
    location.assign(`/emojis/${project.id}/`);
  } catch (error) {
    const about = error instanceof ApiError ? error.about("source") : "";
    drop.showError(about);
    complaint.textContent = about ? "" : picker.show(error);
    rest();
    lead(form);
  }
}

/** @param {number} share of the upload, 0 to 1 */
function upload(share) {
  bar.value = share;
  progress.textContent = share < 1 ? `Uploading… ${Math.round(share * 100)} %` : "Reading your file…";
}

function rest() {
  sending = false;
  setBusy(button, false);
  bar.classList.add("invisible");
  progress.textContent = "";
}

/** Bring the first complaint into view. @param {HTMLElement} root */
function lead(root) {
  const first = [...root.querySelectorAll("[data-error]")].find((place) => place.textContent);
  first?.scrollIntoView({ block: "center" });
}
