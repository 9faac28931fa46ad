/** Set up the page of a set: one store, and the elements that show it. */

import { ApiError, deleteSet, IdempotencyKey, retrySet } from "../api.js";
import { errorPlace, find, loadStyles, replayChange } from "../dom.js";
import { SetGrid } from "../elements/sets/set-grid.js";
import { SetPacks } from "../elements/sets/set-packs.js";
import { errorMessage, runAction } from "../feedback.js";
import { isEnabled, keepFocus, setBusy } from "../focus.js";
import { gettext, interpolate, ngettext } from "../i18n.js";
import { SetStore } from "../sets/set-store.js";

const TYPING = "input, select, textarea";

const store = new SetStore(JSON.parse(find(document, "#state", HTMLScriptElement).textContent ?? ""));
const head = find(document, "[data-set-head]", HTMLElement);
const undoButton = find(head, "[data-undo]", HTMLButtonElement);

store.onError = (/** @type {unknown} */ error) => {
  errorPlace(head).textContent = errorMessage(error);
};
find(document, "set-grid", SetGrid).attach(store, run);
find(document, "set-packs", SetPacks).attach(store);
store.subscribe(showHead);
nameField();
undoButton.addEventListener("click", () => undo());
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.closest(TYPING);
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || isTyping) return;
  event.preventDefault();
  undo();
});
find(document, "[data-add]", HTMLButtonElement).addEventListener("click", () => run(async () => {
  const [{ chooseEmojis }] = await Promise.all([import("../elements/sets/add-emojis.js"), loadStyles("motion-styles")]);
  await chooseEmojis({ id: store.set.id, there: new Set(store.order) }, (ids) => store.change({ projects: [...store.order, ...ids] }));
}));
retryAll();
deleteDialog();

/** Do what is asked for, and show why it failed. @param {() => Promise<unknown>} act */
function run(act) {
  void runAction(errorPlace(head), () => {}, act);
}

function undo() {
  if (isEnabled(undoButton)) run(() => store.undo());
}

function showHead() {
  const { projects } = store.set;
  setBusy(undoButton, !store.canUndo);
  const ready = projects.filter(({ status }) => status === "ready" || status === "partial").length;
  const count = projects.length;
  const all = interpolate(ngettext("%(count)s emoji", "%(count)s emojis", count), { count });
  find(head, "[data-count]", HTMLElement).textContent = store.isBusy ? interpolate(gettext("%(ready)s of %(count)s emojis are ready"), { ready, count }) : all;
}

/** Offer to make those again that failed, where they are several: one has a button of its own. */
function retryAll() {
  const button = find(head, "[data-retry-all]", HTMLButtonElement);
  const key = new IdempotencyKey();
  store.subscribe(() => {
    const failed = store.set.projects.filter(({ status }) => status === "failed" || status === "cancelled");
    keepFocus(head, () => (button.hidden = failed.length < 2), () => undoButton);
  });
  button.addEventListener("click", () => void runAction(errorPlace(head), (busy) => setBusy(button, busy), async () => {
    await key.use(store.order, (value) => retrySet(store.set.id, value));
    await store.refresh();
  }));
}

function nameField() {
  const field = find(head, "[data-name-field]", HTMLInputElement);
  const typed = field.value;
  store.subscribe(() => {
    if (document.activeElement !== field) field.value = store.set.name;
    document.title = `${store.set.name} · EmojiForge`;
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") field.value = store.set.name;
    if (event.key === "Enter" || event.key === "Escape") field.blur();
  });
  field.addEventListener("change", () => {
    const name = field.value.trim();
    if (!name || name === store.set.name) field.value = store.set.name;
    else run(() => store.change({ name }));
  });
  replayChange(field, typed);
}

function deleteDialog() {
  const dialog = find(document, "#delete-set", HTMLDialogElement);
  find(document, "[data-delete]", HTMLButtonElement).addEventListener("click", () => dialog.showModal());
  find(dialog, "[data-close]", HTMLButtonElement).addEventListener("click", () => dialog.close());
  find(dialog, "form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const button = find(dialog, "[type=submit]", HTMLButtonElement);
    void runAction(errorPlace(dialog), (busy) => setBusy(button, busy), async () => {
      await deleteSet(store.set.id).catch((error) => {
        if (!(error instanceof ApiError && error.status === 404)) throw error; // it was deleted elsewhere
      });
      location.assign("/");
    });
  });
}
