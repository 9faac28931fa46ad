/** Let somebody without an account drop a picture, and see it move. */

import { ApiError, createGuest, createProject, IdempotencyKey } from "../api.js";
import { find } from "../dom.js";
import { PictureDrop } from "../elements/new/picture-drop.js";
import { errorMessage } from "../feedback.js";
import { gettext, interpolate } from "../i18n.js";

const drop = find(document, "picture-drop", PictureDrop);
const upload = find(document, ".upload", HTMLElement);
const bar = find(upload, "progress", HTMLProgressElement);
const progress = find(upload, "[data-progress]", HTMLElement);
const idempotencyKey = new IdempotencyKey();

drop.addEventListener("change", (event) => {
  if (event.target === drop && drop.file && !drop.isLocked) void send(drop.file); // the file field's own event bubbles, too
});
// On the way back from the studio, the browser may show this page as it was left.
addEventListener("pageshow", (event) => event.persisted && reset());

/** @param {File} file */
async function send(file) {
  drop.isLocked = true;
  drop.showError("");
  showProgress(0);
  upload.hidden = false;
  try {
    await createGuest();
    const body = [file.name, file.size, file.lastModified];
    const project = await idempotencyKey.use(body, (key) => createProject(file, {}, key, showProgress));
    location.assign(`/emojis/${project.id}/`);
  } catch (error) {
    reset();
    drop.showError(error instanceof ApiError ? error.about("source") || error.message : errorMessage(error));
  }
}

/** @param {number} share of the upload, 0 to 1 */
function showProgress(share) {
  bar.value = share;
  progress.textContent = share < 1 ? interpolate(gettext("Uploading… %(percent)s %"), { percent: Math.round(share * 100) }) : gettext("Reading your file…");
}

function reset() {
  drop.isLocked = false;
  upload.hidden = true;
}
