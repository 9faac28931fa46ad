/** Show what a correction has made of the other frames, and let a person use some of them, or none. */

import { find, make } from "../../../dom.js";
import { pressedButton, setBusy } from "../../../focus.js";
import { gettext, interpolate, ngettext } from "../../../i18n.js";

/** @import { Proposal } from "./targets.js" */

/** Return the ids of the candidates to use. @param {HTMLDialogElement} dialog @param {Proposal[]} proposals @returns {Promise<string[]>} */
export function reviewFrames(dialog, proposals) {
  const list = find(dialog, "[data-frames]", HTMLElement);
  const least = Number(dialog.dataset.leastSure);
  const unsure = proposals.filter(({ made }) => (made.confidence ?? 0) < least);
  list.replaceChildren(...proposals.map((one) => tileFor(one, !unsure.includes(one))));
  find(dialog, "[data-text]", HTMLElement).textContent = `${engineOf(proposals)} ${about(unsure.length)}`;
  const end = new AbortController();
  list.addEventListener("change", () => showCount(dialog), end);
  dialog.addEventListener("click", (event) => {
    const look = pressedButton(event, "[data-look]")?.dataset.look;
    if (look) showSide(dialog, look);
  }, end);
  showCount(dialog);
  showSide(dialog, "made");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      end.abort();
      resolve(dialog.returnValue === "use" ? ticked(dialog) : []);
    }, { once: true });
  });
}

/** Say what the correction was carried by. @param {Proposal[]} proposals */
function engineOf(proposals) {
  const count = proposals.filter(({ made }) => made.carried_by === "sam_clip").length;
  if (!count) return gettext("Carried along the motion of the clip.");
  if (count === proposals.length) return gettext("Carried by SAM 2, which has followed what you mended.");
  const some = gettext("Of %(total)s frames, SAM 2 has followed what you mended in %(count)s, the motion of the clip in the others.");
  return interpolate(some, { count, total: proposals.length });
}

/** @param {number} unsure how many frames are to be looked at first */
function about(unsure) {
  const text = gettext("Frames that are ticked will be used. One undo takes them all back.");
  if (!unsure) return text;
  const few = ngettext("%(count)s is less sure: look at it first.", "%(count)s are less sure: look at them first.", unsure);
  return `${text} ${interpolate(few, { count: unsure })}`;
}

/** @param {Proposal} proposal @param {boolean} isSure */
function tileFor({ frame, old, made }, isSure) {
  const box = make("input", { type: "checkbox", value: made.id });
  box.checked = isSure;
  const images = Object.entries({ old, made }).map(([side, row]) =>
    make("img", { [`data-${side}`]: "", src: row.preview_url ?? "", alt: "", draggable: "false" }));
  const name = interpolate(gettext("Frame %(number)s"), { number: frame.index + 1 });
  const percent = interpolate(gettext("Sure: %(share)s"), { share: `${Math.round(100 * (made.confidence ?? 0))} %` });
  return make("label", { class: isSure ? "carried" : "carried unsure" },
    make("span", { class: "thumb checker" }, ...images), make("span", { class: "carried-name" }, box, name), make("span", { class: "hint" }, percent));
}

/** @param {HTMLDialogElement} dialog */
const ticked = (dialog) => [...dialog.querySelectorAll("input:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value);

/** @param {HTMLDialogElement} dialog */
function showCount(dialog) {
  const count = ticked(dialog).length;
  const button = find(dialog, "[value=use]", HTMLButtonElement);
  button.textContent = interpolate(ngettext("Use %(count)s frame", "Use %(count)s frames", count), { count });
  setBusy(button, count === 0);
}

/** Show all frames as they are or as they were made. @param {HTMLElement} dialog @param {string} side */
export function showSide(dialog, side) {
  dialog.dataset.side = side;
  for (const button of dialog.querySelectorAll("[data-look]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-look") === side));
  }
}
