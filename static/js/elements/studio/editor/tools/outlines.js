/** Outline the regions that may be meant, holes or sparks, as buttons on the sheet. */

import { find, make } from "../../../../dom.js";
import { keepFocus } from "../../../../focus.js";
import { gettext, interpolate, ngettext } from "../../../../i18n.js";
import { placeBox } from "../sheet.js";

/**
 * @import { Pocket } from "../../../../schema.js"
 * @import { EditorSession } from "../session.js"
 * @import { Handlers } from "../gestures.js"
 */

/** The outlines of one kind. */
class Outlines {
  #session;
  #place;
  #kind;
  #onPress;
  #shown = "";

  /** @param {EditorSession} session @param {string} kind @param {(region: Pocket) => void} onPress */
  constructor(session, kind, onPress) {
    this.#session = session;
    this.#place = make("div", { class: "outlines", role: "group" });
    this.#kind = kind;
    this.#onPress = onPress;
    session.sheet.element.append(this.#place);
  }

  /** @param {Pocket[]} regions @param {string} name of one of them */
  show(regions, name) {
    const shown = JSON.stringify(regions);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const outlines = regions.map((region, nth) => this.#outline(region, `${name} ${nth + 1}`));
    const next = () => this.#place.firstElementChild ?? this.#session.root.querySelector("[data-tool][aria-pressed=true]");
    this.#place.setAttribute("aria-label", `${name}: ${regions.length}`);
    keepFocus(this.#place, () => this.#place.replaceChildren(...outlines), next);
  }

  hide() {
    this.show([], "");
  }

  /** @param {Pocket} region @param {string} name */
  #outline(region, name) {
    const button = make("button", { type: "button", class: `outline ${this.#kind}`, "aria-label": name, title: name });
    placeBox(button, region);
    button.addEventListener("click", () => this.#onPress(region));
    return button;
  }
}

/** Open what is enclosed, or fill what is open. @implements {Handlers} */
export class Holes {
  name = "pocket";
  #session;
  #options;
  #outlines;

  /** @param {EditorSession} session @param {HTMLElement} options */
  constructor(session, options) {
    this.#session = session;
    this.#options = options;
    this.#outlines = new Outlines(session, "pocket", ({ point: [x = 0, y = 0] }) => this.#change(x, y));
    options.addEventListener("change", () => this.show());
  }

  get #mode() {
    return find(this.#options, "[name=hole]:checked", HTMLInputElement).value === "fill" ? "fill" : "open";
  }

  show() {
    const { pockets, holes } = this.#session.target;
    const isOpening = this.#mode === "open";
    this.#session.showGhost(!isOpening);
    if (isOpening) this.#outlines.show(pockets, gettext("Open hole"));
    else this.#outlines.show(holes, gettext("Fill hole"));
    find(this.#options, "[data-found]", HTMLElement).textContent = isOpening ? toOpen(pockets.length) : toFill(holes.length);
  }

  hide() {
    this.#outlines.hide();
  }

  onStart() {}

  onMove() {}

  onCancel() {}

  /** @param {PointerEvent} event */
  onEnd(event) {
    const pixel = this.#session.view.pixelAt(event);
    if (pixel) this.#change(...pixel);
  }

  /** @param {number} x @param {number} y */
  #change(x, y) {
    const mode = this.#mode;
    this.#session.add({
      doing: mode === "open" ? gettext("Opening the hole…") : gettext("Filling the hole…"),
      done: mode === "open" ? gettext("The hole is open.") : gettext("The hole is filled."),
      mark: this.#session.sheet.addMark("tap", { x: x + 0.5, y: y + 0.5 }),
      run: () => this.#session.refine({ tool: "pocket", x, y, mode }),
    });
  }
}

/** @param {number} count of regions that are outlined */
function toOpen(count) {
  if (count === 0) return gettext("Tap inside the area that should be a hole.");
  const text = ngettext("One hole is outlined: tap to open. Others can be tapped too.", "%(count)s holes are outlined: tap to open. Others can be tapped too.", count);
  return interpolate(text, { count });
}

/** @param {number} count of holes that were opened unasked */
function toFill(count) {
  if (count === 0) return gettext("Tap inside the hole that should be filled.");
  const text = ngettext("One hole was opened for you: tap it to fill it. Others can be tapped too.", "%(count)s holes were opened for you: tap one to fill it. Others can be tapped too.", count);
  return interpolate(text, { count });
}

/** Bring small parts back that the matte has dropped. */
export class Sparks {
  name = "effects";
  #session;
  #options;
  #outlines;

  /** @param {EditorSession} session @param {HTMLElement} options */
  constructor(session, options) {
    this.#session = session;
    this.#options = options;
    this.#outlines = new Outlines(session, "spark", ({ point: [x = 0, y = 0] }) => this.#bringBack({ x, y }));
    find(options, "[data-all]", HTMLButtonElement).addEventListener("click", () => this.#bringBack({}));
  }

  show() {
    const { sparks } = this.#session.target;
    this.#session.showGhost(true);
    this.#outlines.show(sparks, gettext("Bring back part"));
    const count = sparks.length;
    const found = count
      ? interpolate(ngettext("One small part was dropped: tap it to bring it back.", "%(count)s small parts were dropped: tap one to bring it back.", count), { count })
      : gettext("No dropped parts are known. You can paint them with the brush.");
    find(this.#options, "[data-found]", HTMLElement).textContent = found;
  }

  hide() {
    this.#outlines.hide();
  }

  /** @param {{x?: number, y?: number}} place */
  #bringBack(place) {
    const all = place.x === undefined;
    this.#session.add({
      doing: all ? gettext("Bringing back all small parts…") : gettext("Bringing it back…"),
      done: all ? gettext("All small parts are back.") : gettext("It is back."),
      run: () => this.#session.refine({ tool: "effects", ...place }),
    });
  }
}
