/** My emojis: rename, delete, and the ones still in the making come to life by themselves. */

import { ApiError, deleteProject, listProjects, renameProject } from "../api.js";
import "../elements/home/emoji-card.js";
import { find } from "../dom.js";
import { errorMessage } from "../feedback.js";

const LOOK_AGAIN_MS = 3000;

/** @param {string} id */
const cardOf = (id) => document.querySelector(`emoji-card[data-project="${id}"]`);

/**
 * A dialog about one card: what it shows first, and what its main button does.
 *
 * @param {string} name @param {(card: HTMLElement, dialog: HTMLDialogElement) => void} fill
 * @param {(card: HTMLElement, dialog: HTMLDialogElement) => Promise<HTMLElement|null|undefined>} act gives what the
 *   focus goes to where the card is gone
 */
function cardDialog(name, fill, act) {
  const dialog = document.querySelector(`#${name}`);
  if (!(dialog instanceof HTMLDialogElement)) return;
  const complaint = find(dialog, "[data-error]", HTMLElement);
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
      complaint.textContent = "";
      fill(card, dialog);
      dialog.showModal();
    });
  }
  find(dialog, "[data-close]", HTMLButtonElement).addEventListener("click", () => dialog.close());
  // The button that opened it lies in a menu that is closed by now.
  dialog.addEventListener("close", () => (next ?? card?.querySelector("summary"))?.focus());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = find(form, "[type=submit]", HTMLButtonElement);
    button.disabled = true;
    try {
      if (card) next = await act(card, dialog);
      dialog.close();
    } catch (error) {
      complaint.textContent = errorMessage(error);
    } finally {
      button.disabled = false;
    }
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
      if (!(error instanceof ApiError && error.status === 404)) throw error; // deleted elsewhere: just as well
    }
    const item = card.closest("li");
    const next = (item?.nextElementSibling ?? item?.previousElementSibling)?.querySelector("a");
    item?.remove();
    if (!next) location.reload();
    return next;
  },
);

const isWorking = () => document.querySelector('emoji-card[data-status="working"]') !== null;

async function look() {
  if (!document.hidden) {
    try {
      for (const project of (await listProjects()).results) {
        const card = cardOf(project.id);
        if (!(card instanceof HTMLElement) || card.dataset.status === project.status) continue;
        card.dataset.status = project.status;
        find(card, "[data-status-words]", HTMLElement).textContent = "";
        if (project.thumbnail_url) find(card, "img", HTMLImageElement).src = project.thumbnail_url;
      }
    } catch {
      // The next look may be luckier.
    }
  }
  if (isWorking()) setTimeout(look, LOOK_AGAIN_MS);
}
if (isWorking()) setTimeout(look, LOOK_AGAIN_MS);
