/** Find and make elements of the page. */

/**
 * Find the element of this kind that must be there.
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

/** Find where an element shows its errors. @param {ParentNode} root */
export const errorPlace = (root) => find(root, "[data-error]", HTMLElement);

/**
 * Make an element.
 *
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

/** Show an image, or hide it. The old picture stays until the new one is loaded. @param {HTMLImageElement} image @param {string|null} url */
export function showImage(image, url) {
  image.hidden = !url;
  if (url && image.getAttribute("src") !== url) image.src = url;
}

/** Let the buttons of a view choose what is behind an element: a checkerboard, light or dark. @param {Element} view @param {HTMLElement} shown */
export function chooseBackdrops(view, shown) {
  const buttons = [...view.querySelectorAll("[data-backdrop]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      shown.dataset.background = button.getAttribute("data-backdrop") ?? "";
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
  }
}

/**
 * Tell the listeners of a field what somebody typed before they were there, unless it is still being typed.
 *
 * @param {HTMLInputElement} field @param {string} typed its value before they were set up
 */
export function replayChange(field, typed) {
  if (typed === field.defaultValue || document.activeElement === field) return;
  field.value = typed;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Tell whether the person asked for less motion. */
export const prefersReducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Tell whether this browser can share a file with another program (Web Share). */
export const canShareFiles = () =>
  "canShare" in navigator && navigator.canShare({ files: [new File([""], "emoji.gif", { type: "image/gif" })] });

/**
 * Call `act` once: when an element comes into sight, or near it.
 *
 * @param {Element} element @param {() => unknown} act @param {string} [margin]
 */
export function onceInSight(element, act, margin = "300px") {
  const sight = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    sight.disconnect();
    act();
  }, { rootMargin: margin });
  sight.observe(element);
}

/** The style sheets that are loaded, by the template that held them. @type {Map<string, Promise<unknown>>} */
const styles = new Map();

/**
 * Load style sheets that the page keeps in a template until they are needed.
 *
 * @param {string} id of the template, which holds their links
 */
export async function loadStyles(id) {
  if (!styles.has(id)) styles.set(id, appendLinks(find(document, `template#${id}`, HTMLTemplateElement)));
  await styles.get(id);
}

/** @param {HTMLTemplateElement} template */
function appendLinks({ content }) {
  return Promise.all([...content.querySelectorAll("link")].map((link) => new Promise((resolve) => {
    link.onload = link.onerror = resolve; // without it, the page is plain and works
    document.head.append(link);
  })));
}
