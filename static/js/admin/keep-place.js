/**
 * Keep an admin page's scroll position and focus when it is submitted and loaded again: a list after an action, a form
 * after "Save and continue", a list after a form.
 *
 * A form with errors scrolls to the first of them instead.
 */

const PLACES = "admin-places";
const SUBMITTED = "admin-submitted";
const SUBMIT_MS = 30_000;

/** @typedef {{y: number, row: string, top: number, focus: string}} Place `row` is a list row's key, `top` its position on the screen */

const here = location.pathname;
let touched = "";

addEventListener("change", (event) => (touched = keyOf(event.target)), true);
addEventListener("submit", () => write(SUBMITTED, String(Date.now())), true);
addEventListener("pagehide", () => write(PLACES, JSON.stringify({ ...places(), [here]: place() })));
restore();

/** @returns {Place} */
function place() {
  const key = touched || keyOf(document.activeElement);
  return { y: scrollY, row: key, top: rowOf(key)?.getBoundingClientRect().top ?? 0, focus: selectorOf(document.activeElement) };
}

function restore() {
  const isSubmitted = Date.now() - Number(read(SUBMITTED)) < SUBMIT_MS;
  write(SUBMITTED, "");
  const error = document.querySelector(".errornote, .errorlist");
  const old = places()[here];
  if (!isSubmitted || error || location.hash) return error?.scrollIntoView({ block: "center" });
  if (!old) return undefined;
  const row = rowOf(old.row);
  scrollTo({ top: row ? scrollY + row.getBoundingClientRect().top - old.top : old.y, behavior: "instant" });
  const focused = old.focus ? document.querySelector(old.focus) : null;
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return undefined;
}

/** Get the key of the list row that contains an element; empty outside of a list. @param {EventTarget|null} target */
function keyOf(target) {
  const row = target instanceof Element ? target.closest("#result_list tbody tr") : null;
  const box = row?.querySelector("input.action-select");
  return box instanceof HTMLInputElement ? box.value : "";
}

/** @param {string} key */
function rowOf(key) {
  return key ? document.querySelector(`input.action-select[value="${CSS.escape(key)}"]`)?.closest("tr") : null;
}

/** Get a selector that finds a control on the next page. @param {Element|null} element */
function selectorOf(element) {
  if (element?.id) return `#${CSS.escape(element.id)}`;
  const name = element?.getAttribute("name");
  return name ? `[name="${CSS.escape(name)}"]` : "";
}

/** @returns {Record<string, Place>} by the page's path */
function places() {
  try {
    return JSON.parse(read(PLACES) || "{}");
  } catch {
    return {};
  }
}

/** @param {string} name */
function read(name) {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return ""; // a page may have no access to storage
  }
}

/** @param {string} name @param {string} value */
function write(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // then the page starts at its top
  }
}

export {};
