/** Outline the regions that may be meant, holes or sparks, as buttons on the sheet. */

import { find, make } from "../../../../dom.js";
import { keepFocus } from "../../../../focus.js";
import { gettext, interpolate, ngettext } from "../../../../i18n.js";
import { placeBox } from "../sheet.js";

/**
 * @import { Pocket } from "../../../../schema.js"
 * @import { Desk } from "../desk.js"
 * @import { Handlers } from "../gestures.js"
 */

/** The outlines of one kind. */
class Outlines {
  #desk;
  #place;
  #kind;
  #onPress;
  #shown = "";

  /** @param {Desk} desk @param {string} kind @param {(region: Pocket) => void} onPress */
  constructor(desk, kind, onPress) {
    this.#desk = desk;
    this.#place = make("div", { class: "outlines", role: "group" });
    this.#kind = kind;
    this.#onPress = onPress;
    desk.sheet.element.append(this.#place);
  }

  /** @param {Pocket[]} regions @param {string} name of one of them */
  show(regions, name) {
    const shown = JSON.stringify(regions);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const outlines = regions.map((region, nth) => this.#outline(region, `${name} ${nth + 1}`));
    const next = () => this.#place.firstElementChild ?? this.#desk.root.querySelector("[data-tool][aria-pressed=true]");
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
  #desk;
  #options;
  #outlines;

  /** @param {Desk} desk @param {HTMLElement} options */
  constructor(desk, options) {
    this.#desk = desk;
    this.#options = options;
    this.#outlines = new Outlines(desk, "pocket", ({ point: [x = 0, y = 0] }) => this.#change(x, y));
    options.addEventListener("change", () => this.show());
  }

  get #mode() {
    return find(this.#options, "[name=hole]:checked", HTMLInputElement).value === "fill" ? "fill" : "open";
  }

  show() {
    const { pockets } = this.#desk.target;
    const isOpening = this.#mode === "open";
    this.#desk.showGhost(!isOpening);
    this.#outlines.show(isOpening ? pockets : [], gettext("Open hole"));
    const count = pockets.length;
    const found = count
      ? interpolate(ngettext("One hole is outlined: tap to open. Others can be tapped too.", "%(count)s holes are outlined: tap to open. Others can be tapped too.", count), { count })
      : gettext("Tap inside the area that should be a hole.");
    find(this.#options, "[data-found]", HTMLElement).textContent = isOpening ? found : gettext("Tap inside the hole that should be filled.");
  }

  hide() {
    this.#outlines.hide();
  }

  onStart() {}

  onMove() {}

  onCancel() {}

  /** @param {PointerEvent} event */
  onEnd(event) {
    const pixel = this.#desk.view.pixelAt(event);
    if (pixel) this.#change(...pixel);
  }

  /** @param {number} x @param {number} y */
  #change(x, y) {
    const mode = this.#mode;
    this.#desk.add({
      doing: mode === "open" ? gettext("Opening the hole…") : gettext("Filling the hole…"),
      done: mode === "open" ? gettext("The hole is open.") : gettext("The hole is filled."),
      mark: this.#desk.sheet.addMark("tap", { x: x + 0.5, y: y + 0.5 }),
      run: () => this.#desk.mend({ tool: "pocket", x, y, mode }),
    });
  }
}

/** Bring small parts back that the matte has dropped. */
export class Sparks {
  name = "effects";
  #desk;
  #options;
  #outlines;

  /** @param {Desk} desk @param {HTMLElement} options */
  constructor(desk, options) {
    this.#desk = desk;
    this.#options = options;
    this.#outlines = new Outlines(desk, "spark", ({ point: [x = 0, y = 0] }) => this.#bringBack({ x, y }));
    find(options, "[data-all]", HTMLButtonElement).addEventListener("click", () => this.#bringBack({}));
  }

  show() {
    const { sparks } = this.#desk.target;
    this.#desk.showGhost(true);
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
    this.#desk.add({
      doing: all ? gettext("Bringing back all small parts…") : gettext("Bringing it back…"),
      done: all ? gettext("All small parts are back.") : gettext("It is back."),
      run: () => this.#desk.mend({ tool: "effects", ...place }),
    });
  }
}
