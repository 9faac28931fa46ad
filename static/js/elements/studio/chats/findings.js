/** Say what is hard to see in the file or flashes too often, with one tap against it, and show it without motion. */

import { setFinish } from "../../../api.js";
import { drawBitmap } from "../../../bitmaps.js";
import { errorPlace, find } from "../../../dom.js";
import { runAction } from "../../../feedback.js";
import { pressedButton, setBusy } from "../../../focus.js";
import { gettext, interpolate } from "../../../i18n.js";
import { lengthOf, stretch } from "../../../timeline/places.js";

/**
 * @import { Export } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 * @import { Timeline } from "../../../timeline/timeline.js"
 * @typedef {NonNullable<Export["appearance"]>} Appearance
 */

const STILL_PX = 64;

export class Findings {
  #root;
  #store;
  #timeline;
  /** @type {Appearance|null} */
  #seen = null;

  /** @param {HTMLElement} root @param {Store} store @param {Timeline} timeline */
  constructor(root, store, timeline) {
    this.#root = root;
    this.#store = store;
    this.#timeline = timeline;
    root.addEventListener("click", (event) => {
      const button = pressedButton(event, "[data-do]");
      if (button?.dataset.do === "outline") void this.#act(button, () => this.#outline());
      if (button?.dataset.do === "slower") void this.#act(button, () => this.#slowDown());
    });
  }

  /** Show what was measured of a file. @param {Export} row @param {HTMLCanvasElement|null} still its first frame, unless it was refused */
  show({ appearance }, still) {
    this.#seen = appearance ?? null;
    this.#tell("faint", appearance?.faint_on.length ? faintText(appearance.faint_on) : "", true);
    this.#tell("flashes", appearance ? flashText(appearance) : "", Boolean(appearance?.slow_down));
    if (!still) return;
    const canvas = find(this.#root, ".still canvas", HTMLCanvasElement);
    canvas.width = canvas.height = STILL_PX * Math.min(3, Math.max(1, devicePixelRatio));
    drawBitmap(canvas, still);
    find(this.#root, ".still", HTMLElement).hidden = false;
  }

  /** @param {string} name @param {string} text @param {boolean} isWarning */
  #tell(name, text, isWarning) {
    const place = find(this.#root, `[data-finding=${name}]`, HTMLElement);
    place.hidden = !text;
    place.classList.toggle("warning", isWarning);
    find(place, "[data-text]", HTMLElement).textContent = text;
    find(place, "button", HTMLButtonElement).hidden = !isWarning;
  }

  /** @param {HTMLButtonElement} button @param {() => Promise<void>} action */
  #act(button, action) {
    return runAction(errorPlace(this.#root), (busy) => setBusy(button, busy), action);
  }

  async #outline() {
    const { id, finish } = this.#store.project;
    const { undo, ...project } = await setFinish(id, { ...finish, outline: this.#seen?.outline ?? null });
    this.#store.setProject(project);
    this.#store.noteStep({ kind: "finish", finish: undo });
  }

  async #slowDown() {
    const { places } = this.#timeline;
    const [, , shortest = 1, longest = 1] = (document.querySelector("timeline-tools")?.getAttribute("data-limits") ?? "").split(" ").map(Number);
    const total = lengthOf(places) * (this.#seen?.slow_down ?? 1);
    await this.#timeline.arrange(stretch(places, total, { frames: [0, 0], delay: [shortest, longest] }));
  }
}

/** @param {string[]} grounds */
function faintText(grounds) {
  if (grounds.length > 1) return gettext("Small, its shape is hard to make out on light and dark chats.");
  return grounds[0] === "light" ? gettext("Small, its shape is hard to make out on light chats.") : gettext("Small, its shape is hard to make out on dark chats.");
}

/** @param {Appearance} seen */
function flashText({ flashes, red_flashes: red, slow_down: slowDown }) {
  const most = Math.max(flashes, red);
  if (slowDown) {
    const said = gettext("Flashes %(count)s times a second. More than 3 can cause seizures. “Soften” makes the loop %(times)s times as long.");
    return interpolate(said, { count: most, times: Math.round(slowDown * 10) / 10 });
  }
  return most ? interpolate(gettext("Flashes: %(count)s a second at most. Up to 3 are safe."), { count: most }) : gettext("It does not flash.");
}
