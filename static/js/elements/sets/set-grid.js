/** Show the emoji of a set in their order, which is changed by dragging and by keys. */

import { find } from "../../dom.js";
import { pressedButton } from "../../focus.js";
import { gettext, interpolate } from "../../i18n.js";
import { CardDrag } from "./card-drag.js";
import { SetCard } from "./set-card.js";

/** @import { SetStore } from "../../sets/set-store.js" */

/** @type {Record<string, (at: number, count: number, columns: number) => number>} */
const STEPS = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at, _count, columns) => at - columns,
  ArrowDown: (at, _count, columns) => at + columns,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

export class SetGrid extends HTMLElement {
  /** Set by `attach`. @type {SetStore} */
  #store = /** @type {any} */ (null);
  /** @type {(act: () => Promise<unknown>) => void} */
  #run = () => {};
  /** The order while a card is dragged. @type {string[]|null} */
  #shown = null;

  /** @param {SetStore} store @param {(act: () => Promise<unknown>) => void} run runs what is asked for, and shows why it failed */
  attach(store, run) {
    this.#store = store;
    this.#run = run;
    new CardDrag(this.#list, {
      onMove: (id, to) => this.#arrange(moved(this.#shown ?? store.order, id, to)),
      onDrop: () => this.#drop(),
      onCancel: () => this.#arrange(null),
    });
    this.addEventListener("keydown", (event) => this.#onKey(event));
    this.addEventListener("click", (event) => this.#onClick(event));
    store.subscribe(() => this.#show());
  }

  get #list() {
    return find(this, "ul", HTMLElement);
  }

  #show() {
    const { projects, cover } = this.#store.set;
    for (const project of projects) {
      const item = this.#item(project.id) ?? this.#make(project.id);
      find(item, "set-card", SetCard).show(project, project.id === cover);
    }
    const there = new Set(this.#store.order);
    for (const item of [...this.#list.children]) if (!there.has(/** @type {HTMLElement} */ (item).dataset.id ?? "")) item.remove();
    this.#arrange(this.#shown);
    this.classList.toggle("is-empty", !projects.length);
  }

  /** @param {string} id */
  #item(id) {
    return /** @type {HTMLElement|null} */ (this.#list.querySelector(`:scope > [data-id="${id}"]`));
  }

  /** @param {string} id */
  #make(id) {
    const template = find(document, "#set-card", HTMLTemplateElement);
    const item = /** @type {HTMLElement} */ (find(template.content, "li", HTMLElement).cloneNode(true));
    item.dataset.id = id;
    this.#list.append(item);
    customElements.upgrade(item);
    const card = find(item, "set-card", SetCard);
    card.onRetry = () => void this.#store.refresh();
    card.start();
    return item;
  }

  /** Show the cards in an order; by default that of the set. @param {string[]|null} order */
  #arrange(order) {
    this.#shown = order;
    const items = (order ?? this.#store.order).map((id) => this.#item(id)).filter((item) => item !== null);
    items.forEach((item, index) => {
      const there = this.#list.children[index];
      if (there === item) return;
      const focused = document.activeElement; // to move an element takes its focus
      this.#list.insertBefore(item, there ?? null);
      if (focused instanceof HTMLElement && item.contains(focused)) focused.focus({ preventScroll: true });
    });
  }

  #drop() {
    const order = this.#shown;
    this.#shown = null;
    if (order && order.join() !== this.#store.order.join()) this.#run(() => this.#store.change({ projects: order }));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const handle = event.target instanceof Element ? event.target.closest(".handle") : null;
    const step = STEPS[event.key];
    if (!handle || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const id = handle.closest("li")?.dataset.id ?? "";
    const { order } = this.#store;
    const to = Math.max(0, Math.min(order.length - 1, step(order.indexOf(id), order.length, this.#columns)));
    if (to === order.indexOf(id)) return;
    this.#run(() => this.#store.change({ projects: moved(order, id, to) }));
    /** @type {HTMLElement} */ (handle).focus();
    const place = interpolate(gettext("Now in place %(number)s of %(count)s."), { number: to + 1, count: order.length });
    find(this, "[data-moved]", HTMLElement).textContent = place;
  }

  get #columns() {
    return getComputedStyle(this.#list).gridTemplateColumns.split(" ").length;
  }

  /** @param {Event} event */
  #onClick(event) {
    const button = pressedButton(event, "[data-do]");
    const id = button?.closest("li")?.dataset.id;
    if (!button || !id) return;
    button.closest("details")?.removeAttribute("open");
    const { order, set } = this.#store;
    if (button.dataset.do === "cover") this.#run(() => this.#store.change({ cover: id }));
    if (button.dataset.do === "remove") {
      const next = order[order.indexOf(id) + 1] ?? order[order.indexOf(id) - 1];
      const cover = set.cover === id && next ? { cover: next } : {};
      this.#run(() => this.#store.change({ projects: order.filter((one) => one !== id), ...cover }));
      if (next) find(this.#item(next) ?? this, ".handle", HTMLElement).focus();
    }
  }
}

/** Get the order in which an emoji stands at another place. @param {string[]} order @param {string} id @param {number} to */
function moved(order, id, to) {
  const others = order.filter((one) => one !== id);
  others.splice(to, 0, id);
  return others;
}

customElements.define("set-grid", SetGrid);
