/** Hear the keyboard before the studio does, while the editor is open. */

const TEXT = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select";
const HELD = ["c", " "];

/**
 * Call `onKey` for keys that are pressed, and `onHold` for those that mean something while they are down.
 *
 * @param {HTMLElement} root
 * @param {{onKey: (event: KeyboardEvent) => boolean, onHold: (key: string, down: boolean) => void}} handlers
 * @returns {AbortController} ends it
 */
export function onKeys(root, { onKey, onHold }) {
  const end = new AbortController();
  const options = { capture: true, signal: end.signal };
  addEventListener("keydown", (event) => {
    event.stopPropagation(); // the studio below has keys of its own
    if (event.target instanceof Element && event.target.closest(TEXT)) return;
    if (isHeld(root, event)) onHold(event.key, true);
    else if (!onKey(event)) return;
    event.preventDefault();
  }, options);
  addEventListener("keyup", (event) => {
    event.stopPropagation();
    if (HELD.includes(event.key)) onHold(event.key, false);
    if (isHeld(root, event)) event.preventDefault(); // or else a focused button is pressed now
  }, options);
  // Whoever goes to another window lifts the key there.
  addEventListener("blur", ({ target }) => target === window && HELD.forEach((key) => onHold(key, false)), options);
  return end;
}

/** Tell whether a key is one to hold; beside the stage a focused button keeps the space bar. @param {HTMLElement} root @param {KeyboardEvent} event */
function isHeld(root, { key, ctrlKey, metaKey, altKey, target }) {
  if (!HELD.includes(key) || ctrlKey || metaKey || altKey) return false;
  const isFocused = target instanceof Element && target.closest("button, input, summary");
  return key !== " " || !isFocused || root.querySelector("[data-surface]:hover") !== null;
}
