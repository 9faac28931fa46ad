/** Choose emoji of one's own for a set, in a dialog. */

import { listProjects } from "../../api.js";
import { unlessPlain } from "../../bitmaps.js";
import { errorPlace, find, make } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { isEnabled, setBusy } from "../../focus.js";
import { interpolate, ngettext } from "../../i18n.js";
import "../finished-still.js";

/**
 * Open the dialog of the page.
 *
 * @param {{id: string, there: Set<string>}} emojiSet the set, and the emoji that it holds once all changes are answered
 * @param {(ids: string[]) => Promise<unknown>} add
 */
export async function chooseEmojis({ id: ours, there }, add) {
  const dialog = find(document, "#add-emojis", HTMLDialogElement);
  const form = find(dialog, "form", HTMLFormElement);
  const [list, submit] = [find(form, "ul", HTMLElement), find(form, "[type=submit]", HTMLButtonElement)];
  const chosen = () => [...list.querySelectorAll("input:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value);
  const count = () => {
    const { length } = chosen();
    submit.disabled = !length;
    submit.textContent = interpolate(ngettext("Add %(count)s emoji", "Add %(count)s emojis", length), { count: length });
  };
  list.replaceChildren();
  count();
  form.onchange = count;
  find(form, "[data-close]", HTMLButtonElement).onclick = () => dialog.close();
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!isEnabled(submit)) return;
    void runAction(errorPlace(form), (busy) => setBusy(submit, busy), () => add(chosen())).then((isDone) => isDone && dialog.close());
  };
  dialog.showModal();
  await runAction(errorPlace(form), () => {}, async () => {
    const others = (await listProjects()).results.filter(({ id, set }) => !there.has(id) && (!set || set === ours));
    const setup = JSON.parse(list.dataset.setup ?? "");
    list.replaceChildren(...others.map((project) => choice(project, setup)));
    find(form, "[data-none]", HTMLElement).hidden = others.length > 0;
  });
}

/** @param {import("../../schema.js").Project} project @param {import("../../finish/finished-loop.js").CardSetup} setup */
function choice({ id, name, thumbnail_url, finish }, setup) {
  const image = make("img", { src: thumbnail_url ?? "", alt: "", width: "72", height: "72", loading: "lazy" });
  const picture = document.createElement("finished-still");
  if (unlessPlain(finish, setup.plain)) picture.dataset.finish = JSON.stringify({ ...setup, finish });
  picture.append(image);
  return make("li", {}, make("label", { class: "motion" }, make("input", { type: "checkbox", value: id }), picture, make("span", {}, name)));
}
