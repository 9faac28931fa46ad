/** Rename and delete emojis in the list, and update the cards of those that are being made. */

import { ApiError, deleteProject, listProjects, renameProject } from "../api.js";
import { errorPlace, find } from "../dom.js";
import "../elements/home/emoji-card.js";
import { runAction } from "../feedback.js";

const POLL_MS = 3000;

/** @param {string} id */
const cardOf = (id) => document.querySelector(`emoji-card[data-project="${id}"]`);

/**
 * Set up a dialog about one card.
 *
 * @param {string} name @param {(card: HTMLElement, dialog: HTMLDialogElement) => void} fill called before it opens
 * @param {(card: HTMLElement, dialog: HTMLDialogElement) => Promise<HTMLElement|null|undefined>} act called on submit;
 *   it returns what to focus where the card is gone
 */
function cardDialog(name, fill, act) {
  const dialog = document.querySelector(`#${name}`);
  if (!(dialog instanceof HTMLDialogElement)) return;
  const form = find(dialog, "form", HTMLFormElement);
  /** @type {HTMLElement|null} */
  let card = null;
  /** @type {HTMLElement|null|undefined} */
  let next = null;
  for (const opener of document.querySelectorAll(`[data-dialog=${name}]`)) {
    opener.addEventListener("click", () => {
      card = opener.closest("emoji-card");
      opener.closest("details")?.removeAttribute("open");
      next = null;
      if (!card) return;
      errorPlace(dialog).textContent = "";
      fill(card, dialog);
      dialog.showModal();
    });
  }
  find(dialog, "[data-close]", HTMLButtonElement).addEventListener("click", () => dialog.close());
  // The button that opened the dialog is in a menu that is closed by now.
  dialog.addEventListener("close", () => (next ?? card?.querySelector("summary"))?.focus());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = find(form, "[type=submit]", HTMLButtonElement);
    void runAction(errorPlace(dialog), (busy) => (button.disabled = busy), async () => {
      if (card) next = await act(card, dialog);
      dialog.close();
    });
  });
}

cardDialog(
  "rename",
  (card, dialog) => {
    const field = find(dialog, "input", HTMLInputElement);
    field.value = find(card, "[data-name]", HTMLElement).textContent ?? "";
  },
  async (card, dialog) => {
    const name = find(dialog, "input", HTMLInputElement).value.trim();
    const project = await renameProject(card.dataset.project ?? "", name);
    find(card, "[data-name]", HTMLElement).textContent = project.name;
    return null;
  },
);

cardDialog(
  "delete",
  (card, dialog) => {
    find(dialog, "[data-project-name]", HTMLElement).textContent = find(card, "[data-name]", HTMLElement).textContent;
  },
  async (card) => {
    try {
      await deleteProject(card.dataset.project ?? "");
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error; // it was deleted elsewhere
    }
    const item = card.closest("li");
    const next = (item?.nextElementSibling ?? item?.previousElementSibling)?.querySelector("a");
    item?.remove();
    if (!next) location.reload();
    return next;
  },
);

const isWorking = () => document.querySelector('emoji-card[data-status="working"]') !== null;

async function updateCards() {
  if (!document.hidden) {
    try {
      for (const project of (await listProjects()).results) {
        const card = cardOf(project.id);
        if (!(card instanceof HTMLElement) || card.dataset.status === project.status) continue;
        card.dataset.status = project.status;
        find(card, "[data-status-text]", HTMLElement).textContent = "";
        if (project.thumbnail_url) find(card, "img", HTMLImageElement).src = project.thumbnail_url;
      }
    } catch {
      // The next poll may succeed.
    }
  }
  if (isWorking()) setTimeout(updateCards, POLL_MS);
}
if (isWorking()) setTimeout(updateCards, POLL_MS);
