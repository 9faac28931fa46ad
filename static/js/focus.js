/** Keep the focus on the page: a button that is disabled, hidden or replaced would lose it. */

/**
 * Disable a button without taking its focus, or enable it again.
 *
 * @param {HTMLButtonElement} button @param {boolean} busy
 */
export function setBusy(button, busy) {
  if (busy) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

/** Tell whether pressing a button does something. @param {Element} button */
export const isEnabled = (button) => !button.matches(":disabled, [aria-disabled=true]");

/**
 * Get the enabled button that an event hit.
 *
 * @param {Event} event @param {string} [selector]
 * @returns {HTMLButtonElement|null}
 */
export function pressedButton(event, selector = "button") {
  const button = event.target instanceof Element ? event.target.closest(selector) : null;
  return button instanceof HTMLButtonElement && isEnabled(button) ? button : null;
}

/**
 * Make a change that may remove the focused element, then focus what `next` finds.
 *
 * @param {Element} root only a focus within it is kept
 * @param {() => void} change @param {() => Element|null|undefined} next
 */
export function keepFocus(root, change, next) {
  const focused = document.activeElement;
  const isWithin = focused !== null && root.contains(focused);
  change();
  if (!isWithin || (focused.isConnected && focused.getClientRects().length > 0 && !focused.matches(":disabled"))) return;
  const target = next();
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}
