/** Focus that does not fall off the page: a button that is disabled, hidden or replaced would lose it. */

/**
 * Let a button do nothing for a while, where it is: it keeps the focus, and says that it is not available.
 *
 * @param {HTMLButtonElement} button @param {boolean} busy
 */
export function setBusy(button, busy) {
  if (busy) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

/** Whether pressing it does something. @param {Element} button */
export const isAble = (button) => !button.matches(":disabled, [aria-disabled=true]");

/**
 * Make a change that may take the focused element away; then the focus goes to what `next` finds.
 *
 * @param {Element} root within which the focus is to be kept
 * @param {() => void} change @param {() => Element|null|undefined} next
 */
export function keepFocus(root, change, next) {
  const held = document.activeElement;
  const within = held !== null && root.contains(held);
  change();
  if (!within || (held.isConnected && held.getClientRects().length > 0 && !held.matches(":disabled"))) return;
  const place = next();
  if (place instanceof HTMLElement) place.focus({ preventScroll: true });
}
