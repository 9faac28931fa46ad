/** Numbers as people read them, and the small doors to the page. */

/** @import { Frame } from "./shapes.js" */

/** @param {number} count @param {string} noun */
export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** @param {number} bytes decimal kB and MB, as the platforms count */
export function size(bytes) {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} ms */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** @param {unknown} error */
export function reason(error) {
  return error instanceof Error && error.message ? error.message : "Something went wrong. Try again.";
}

/** Whether a frame is without a picture because its owner stopped the work: nothing went wrong with it. @param {Frame} frame */
export function wasStopped(frame) {
  return frame.status === "failed" && frame.candidates.at(-1)?.error === "Cancelled.";
}

/**
 * The one element of this kind that must be there.
 *
 * @template {Element} T
 * @param {ParentNode} root @param {string} selector @param {new (...args: any[]) => T} kind
 * @returns {T}
 */
export function find(root, selector, kind) {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`The page has no ${selector}.`);
  return found;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, string>} [attributes] @param {(Node|string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
