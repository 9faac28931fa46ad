/** Show on the page that something is under way, and why it failed. */

import { gettext } from "./i18n.js";

/** Put an error into words. @param {unknown} error */
export function errorMessage(error) {
  // Browsers do not try again to load a script that did not come.
  if (error instanceof TypeError && /import/i.test(error.message)) return gettext("A part of this page could not be loaded. Reload the page.");
  return error instanceof Error && error.message ? error.message : gettext("Something went wrong. Try again.");
}

/**
 * Run what a person asked for: clear the old error, disable the control, show the new error, enable the control again.
 *
 * @param {HTMLElement} place where an error is shown
 * @param {(busy: boolean) => void} setBusy disables and enables the control
 * @param {() => Promise<unknown>} action
 * @param {(error: unknown) => string} [describe]
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function runAction(place, setBusy, action, describe = errorMessage) {
  place.textContent = "";
  setBusy(true);
  try {
    await action();
    return true;
  } catch (error) {
    place.textContent = describe(error);
    return false;
  } finally {
    setBusy(false);
  }
}
