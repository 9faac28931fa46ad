/** Show three ways to one byte limit side by side: smoother, sharper, larger, with what each gives up. */

import { getExport, makeExports, IdempotencyKey } from "../../../api.js";
import { make } from "../../../dom.js";
import { errorMessage } from "../../../feedback.js";
import { formatBytes } from "../../../format.js";
import { gettext, interpolate } from "../../../i18n.js";
import { isActive } from "../../../live/statuses.js";
import { filePicture } from "./file-picture.js";

/**
 * @import { Export, ExportOptions } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

const POLL_MS = 500;
/** @type {[NonNullable<ExportOptions["prefer"]>, string][]} */
const WAYS = [
  ["smooth", gettext("Smoother")],
  ["sharp", gettext("Sharper")],
  ["large", gettext("Larger")],
];

/** @param {Store} store @param {string} platform @param {ExportOptions} options */
export async function compareWays(store, platform, options) {
  const columns = WAYS.map(([, title]) => make("article", {}, make("h3", {}, title), make("p", { class: "hint" }, gettext("Making…"))));
  const dialog = openDialog(columns);
  await Promise.all(WAYS.map(async ([prefer], index) => {
    const column = /** @type {HTMLElement} */ (columns[index]);
    try {
      const row = await makeWay(store.project.id, platform, { ...options, prefer }, () => dialog.open);
      if (row) column.replaceChildren(/** @type {Node} */ (column.firstChild), ...result(row));
    } catch (error) {
      column.lastElementChild?.replaceWith(make("p", { class: "problem" }, errorMessage(error)));
    }
  }));
}

/** @param {HTMLElement[]} columns */
function openDialog(columns) {
  const title = make("h2", { id: "ways-title" }, gettext("Three ways to the same file size"));
  const close = make("button", { class: "button", value: "close" }, gettext("Close"));
  const form = make("form", { method: "dialog" }, title, make("div", { class: "ways" }, ...columns), make("div", { class: "actions" }, close));
  const dialog = make("dialog", { class: "compare", "aria-labelledby": "ways-title", "data-testid": "ways" }, form);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  return dialog;
}

/**
 * Make the file of one way, and wait for it while somebody looks.
 *
 * @param {string} project @param {string} platform @param {ExportOptions} options @param {() => boolean} isWatched
 */
async function makeWay(project, platform, options, isWatched) {
  const send = (/** @type {string} */ key) => makeExports(project, [platform], key, options);
  let [row] = await new IdempotencyKey().use([platform, options], send);
  while (row && isActive(row) && isWatched()) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    row = await getExport(row.id);
  }
  return row && !isActive(row) ? row : null;
}

/** @param {Export} row @returns {HTMLElement[]} */
function result(row) {
  const file = row.files[0];
  if (!file) return [make("p", { class: "problem" }, row.error || gettext("This file could not be made. Try again."))];
  const link = make("a", { href: file.url, download: file.name, class: "button small" }, interpolate(gettext("Download %(size)s"), { size: formatBytes(file.bytes) }));
  return [...filePicture(file), link, ...row.steps.map((step) => make("p", { class: "hint" }, step))];
}
