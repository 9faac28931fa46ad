/** Share an emoji by a link: make one, see how long it works, and end it. */

import { getShare, shareProject, stopSharing } from "../api.js";
import { errorPlace, find } from "../dom.js";
import { runAction } from "../feedback.js";
import { setBusy } from "../focus.js";
import { gettext, interpolate } from "../i18n.js";

/** @import { ShareLink } from "../schema.js" */

/** The emoji that is shared, and what gets the focus when the dialog is closed. @type {{id: string, opener: HTMLElement|null}} */
let shared = { id: "", opener: null };
let isSetUp = false;
/** Counts the requests: only the answer to the latest is shown. */
let requests = 0;

/** Open the dialog of the page. @param {{id: string, name: string, opener: HTMLElement|null}} emoji */
export function openShareDialog({ id, name, opener }) {
  const dialog = find(document, "#share", HTMLDialogElement);
  if (!isSetUp) setUp(dialog);
  isSetUp = true;
  shared = { id, opener };
  find(dialog, "[data-project-name]", HTMLElement).textContent = name;
  showLink(dialog, null);
  dialog.showModal();
  void runAction(errorPlace(dialog), () => {}, () => update(dialog, getShare(id)).catch((error) => {
    if (shared.id === id) throw error; // else the dialog is about another emoji by now
  }));
}

/** @param {HTMLDialogElement} dialog */
function setUp(dialog) {
  const [make, stop] = [find(dialog, "[type=submit]", HTMLButtonElement), find(dialog, "[data-stop]", HTMLButtonElement)];
  find(dialog, "[data-close]", HTMLButtonElement).addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => shared.opener?.focus());
  find(dialog, "form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void runAction(errorPlace(dialog), (busy) => setBusy(make, busy), async () => {
      await update(dialog, shareProject(shared.id, Number(find(dialog, "select", HTMLSelectElement).value)));
      find(dialog, "#share-url", HTMLInputElement).select();
    });
  });
  stop.addEventListener("click", () => void runAction(errorPlace(dialog), (busy) => setBusy(stop, busy), async () => {
    await update(dialog, stopSharing(shared.id).then(() => null));
    make.focus();
  }));
}

/**
 * Show the link that a request brings, unless a later one has been sent: an old answer may come last, or when the
 * dialog shows another emoji.
 *
 * @param {HTMLDialogElement} dialog @param {Promise<ShareLink|null>} request
 */
async function update(dialog, request) {
  const number = (requests += 1);
  const link = await request;
  if (number === requests) showLink(dialog, link);
}

/** @param {HTMLDialogElement} dialog @param {ShareLink|null} link */
function showLink(dialog, link) {
  find(dialog, "[data-link-part]", HTMLElement).hidden = !link;
  find(dialog, "[data-stop]", HTMLButtonElement).hidden = !link;
  find(dialog, "#share-url", HTMLInputElement).value = link?.url ?? "";
  const time = link ? new Date(link.expires_at).toLocaleString(document.documentElement.lang) : "";
  find(dialog, "[data-until]", HTMLElement).textContent = time && interpolate(gettext("It ends on %(time)s."), { time });
}
