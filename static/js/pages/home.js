/** Tag, delete and restore emojis in the list, and update the cards of those that are being made. */

import { ApiError, deleteProject, duplicateProject, editProject, listProjects, restoreProject } from "../api.js";
import { errorPlace, find } from "../dom.js";
import "../elements/finished-still.js";
import "../elements/home/emoji-card.js";
import { openShareDialog } from "../elements/share-dialog.js";
import { errorMessage, runAction } from "../feedback.js";
import { pressedButton, setBusy } from "../focus.js";
import { STATUS_TEXTS } from "../format.js";

const POLL_MS = 3000;

/** @param {string} id */
const cardOf = (id) => document.querySelector(`emoji-card[data-project="${id}"]`);

/** @param {HTMLElement} card */
const nameOf = (card) => find(card, "[data-name]", HTMLElement);

/**
 * Set up a dialog about one card.
 *
 * @param {string} name @param {(card: HTMLElement, dialog: HTMLDialogElement) => void} fill called before it opens
 * @param {(card: HTMLElement, dialog: HTMLDialogElement) => Promise<void>} act called on submit
 */
function cardDialog(name, fill, act) {
  const dialog = document.querySelector(`#${name}`);
  if (!(dialog instanceof HTMLDialogElement)) return;
  /** @type {HTMLElement|null} */
  let card = null;
  let openings = 0;
  onOpen(name, (opened) => {
    card = opened;
    openings += 1;
    errorPlace(dialog).textContent = "";
    fill(card, dialog);
    dialog.showModal();
  });
  find(dialog, "[data-close]", HTMLButtonElement).addEventListener("click", () => dialog.close());
  // The button that opened the dialog is in a menu that is closed by now.
  dialog.addEventListener("close", () => card?.querySelector("summary")?.focus());
  onSubmit(dialog, async () => {
    const opening = openings;
    const isShown = () => dialog.open && opening === openings; // it may be about another card by now
    try {
      if (card) await act(card, dialog);
    } catch (error) {
      if (isShown()) throw error;
      trashError.textContent = errorMessage(error);
    }
    if (isShown()) dialog.close();
  });
}

/** Call `open` with the card whose menu asks for a dialog. @param {string} name @param {(card: HTMLElement) => void} open */
function onOpen(name, open) {
  for (const opener of document.querySelectorAll(`[data-dialog=${name}]`)) {
    opener.addEventListener("click", () => {
      const card = opener.closest("emoji-card");
      opener.closest("details")?.removeAttribute("open");
      if (card instanceof HTMLElement) open(card);
    });
  }
}

/** @param {HTMLDialogElement} dialog with one form @param {() => Promise<void>} act called on submit, one at a time */
function onSubmit(dialog, act) {
  const form = find(dialog, "form", HTMLFormElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = find(form, "[type=submit]", HTMLButtonElement);
    void runAction(errorPlace(dialog), (busy) => (button.disabled = busy), act);
  });
}

cardDialog(
  "tags",
  (card, dialog) => {
    find(dialog, "[data-project-name]", HTMLElement).textContent = nameOf(card).textContent;
    find(dialog, "input", HTMLInputElement).value = find(card, "[data-tags]", HTMLElement).textContent ?? "";
  },
  async (card, dialog) => {
    const tags = find(dialog, "input", HTMLInputElement).value.split(",").map((tag) => tag.trim()).filter(Boolean);
    const project = await editProject(card.dataset.project ?? "", { tags });
    find(card, "[data-tags]", HTMLElement).textContent = project.tags.join(", ");
  },
);

for (const opener of document.querySelectorAll("[data-share-link]")) {
  opener.addEventListener("click", () => {
    const card = opener.closest("emoji-card");
    opener.closest("details")?.removeAttribute("open");
    if (!(card instanceof HTMLElement)) return;
    openShareDialog({ id: card.dataset.project ?? "", name: nameOf(card).textContent ?? "", opener: card.querySelector("summary") });
  });
}

const trash = find(document, "[data-trash]", HTMLElement);
const trashError = find(document, "[data-trash-error]", HTMLElement);
/** The cards that were deleted on this page, and what stands where each was. @type {Map<string, {item: HTMLElement, place: Comment}>} */
const removed = new Map();

document.addEventListener("click", (event) => {
  const button = pressedButton(event, "[data-delete], [data-undo], [data-duplicate]");
  if (!button) return;
  const act = () => (button.matches("[data-undo]") ? takeBack : button.matches("[data-delete]") ? remove : duplicate)(button);
  void runAction(trashError, (busy) => setBusy(button, busy), act);
});

/** Delete a card's emoji, and offer to take it back. @param {HTMLElement} button */
async function remove(button) {
  const card = button.closest("emoji-card");
  const item = card?.closest("li");
  if (!(card instanceof HTMLElement) || !item) return;
  button.closest("details")?.removeAttribute("open");
  const id = card.dataset.project ?? "";
  try {
    await deleteProject(id);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error; // it was deleted elsewhere
  }
  const focus = isFocusFree(item);
  const place = document.createComment("");
  removed.set(id, { item, place });
  item.replaceWith(place);
  const row = find(/** @type {HTMLTemplateElement} */ (find(document, "#trashed", HTMLTemplateElement)).content, "li", HTMLElement).cloneNode(true);
  if (!(row instanceof HTMLElement)) return;
  row.dataset.project = id;
  for (const name of row.querySelectorAll("[data-name]")) name.textContent = nameOf(card).textContent;
  trash.prepend(row);
  if (focus) find(row, "[data-undo]", HTMLButtonElement).focus();
}

/** Tell whether the focus may be moved: it is in this element, which goes away, or nowhere. @param {Element|null} element */
const isFocusFree = (element) => document.activeElement === document.body || Boolean(element?.contains(document.activeElement));

/** Copy a card's emoji, and open the copy. @param {HTMLElement} button */
async function duplicate(button) {
  const card = button.closest("emoji-card");
  button.closest("details")?.removeAttribute("open");
  if (!(card instanceof HTMLElement)) return;
  const made = await duplicateProject(card.dataset.project ?? "");
  location.assign(`/emojis/${made.id}/`);
}

/** Take an emoji back, and show its card where it was. @param {HTMLElement} button */
async function takeBack(button) {
  const row = button.closest("li");
  const id = row?.dataset.project ?? "";
  await restoreProject(id);
  const focus = isFocusFree(row);
  row?.remove();
  const card = removed.get(id);
  removed.delete(id);
  if (!card) return location.reload(); // it was deleted before this page was made
  card.place.replaceWith(card.item);
  if (focus) card.item.querySelector("a")?.focus();
}

const search = document.querySelector("form.search");
if (search instanceof HTMLFormElement) {
  search.addEventListener("change", (event) => event.target instanceof HTMLSelectElement && search.requestSubmit());
}

const isWorking = () => document.querySelector('emoji-card[data-status="working"]') !== null;

async function updateCards() {
  if (!document.hidden) {
    try {
      for (const project of (await listProjects()).results) {
        const card = cardOf(project.id);
        if (!(card instanceof HTMLElement) || card.dataset.status === project.status) continue;
        card.dataset.status = project.status;
        const text = STATUS_TEXTS[project.status];
        find(card, "[data-status-text]", HTMLElement).textContent = text ? `${text} ·` : "";
        if (project.thumbnail_url) find(card, "img", HTMLImageElement).src = project.thumbnail_url;
      }
    } catch {
      // The next poll may succeed.
    }
  }
  if (isWorking()) setTimeout(updateCards, POLL_MS);
}
if (isWorking()) setTimeout(updateCards, POLL_MS);
