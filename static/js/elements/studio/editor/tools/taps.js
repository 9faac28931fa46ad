/** Tap what belongs to the subject or does not, or draw a box round the subject. */

import { engineName } from "../../../../engines.js";
import { find } from "../../../../dom.js";
import { gettext, interpolate } from "../../../../i18n.js";
import { placeBox } from "../sheet.js";

/**
 * @import { EditorSession } from "../session.js"
 * @import { Handlers } from "../gestures.js"
 */

const SECOND_BUTTON = 2;
const DRAG = 6;
const LEAST_BOX = 4;
/** @type {Record<string, string>} */
const ENGINES = { sam: "SAM 2", grabcut: gettext("GrabCut, without a GPU") };

/** @implements {Handlers} */
export class Taps {
  name = "points";
  #session;
  #away;
  /** @type {{at: PointerEvent, box: HTMLElement|null, away: boolean}|null} */
  #tap = null;

  /** @param {EditorSession} session @param {HTMLElement} options */
  constructor(session, options) {
    this.#session = session;
    this.#away = find(options, "[name=away]", HTMLInputElement);
  }

  show() {
    this.#session.showGhost(true);
  }

  /** @param {KeyboardEvent} event */
  onKey({ key }) {
    if (key === "x") this.#away.checked = !this.#away.checked;
    return key === "x";
  }

  /** @param {PointerEvent} event */
  onStart(event) {
    const away = this.#away.checked !== (event.altKey || event.button === SECOND_BUTTON);
    this.#tap = { at: event, box: null, away };
  }

  /** @param {PointerEvent[]} events */
  onMove(events) {
    const event = events.at(-1);
    if (!this.#tap || !event) return;
    const isDrag = Math.hypot(event.clientX - this.#tap.at.clientX, event.clientY - this.#tap.at.clientY) > DRAG;
    if (isDrag) this.#tap.box ??= this.#session.sheet.addMark("box", { x: 0, y: 0 });
    const { x0, y0, x1, y1 } = this.#session.view.boxBetween(this.#tap.at, event);
    if (this.#tap.box) placeBox(this.#tap.box, { x: x0, y: y0, width: x1 - x0, height: y1 - y0 });
  }

  /** @param {PointerEvent} event */
  onEnd(event) {
    const tap = this.#tap;
    this.#tap = null;
    if (tap?.box) this.#sendBox(tap.box, tap.at, event);
    else if (tap) this.#sendTap(event, tap.away);
  }

  onCancel() {
    this.#tap?.box?.remove();
    this.#tap = null;
  }

  /** @param {HTMLElement} mark @param {PointerEvent} from @param {PointerEvent} to */
  #sendBox(mark, from, to) {
    const { x0, y0, x1, y1 } = this.#session.view.boxBetween(from, to);
    if (x1 - x0 < LEAST_BOX || y1 - y0 < LEAST_BOX) return mark.remove();
    this.#session.add({
      doing: gettext("Looking for the subject in the box…"),
      done: () => this.#by(gettext("Cut out of the box."), gettext("Cut out of the box by %(engine)s.")),
      mark,
      run: () => this.#session.refine({ tool: "points", box: [x0, y0, x1, y1] }),
    });
  }

  /** @param {PointerEvent} event @param {boolean} away */
  #sendTap(event, away) {
    const pixel = this.#session.view.pixelAt(event);
    if (!pixel) return this.#session.say(gettext("Tap on the picture itself."));
    const [x, y] = pixel;
    this.#session.add({
      doing: away ? gettext("Taking away what you tapped…") : gettext("Adding what you tapped…"),
      done: () => away
        ? this.#by(gettext("Taken away."), gettext("Taken away by %(engine)s."))
        : this.#by(gettext("Added."), gettext("Added by %(engine)s.")),
      mark: this.#session.sheet.addMark(away ? "tap away" : "tap", { x: x + 0.5, y: y + 0.5 }),
      run: () => this.#session.refine({ tool: "points", points: [[x, y, away ? 0 : 1]] }),
    });
  }

  /** Say what was done, and by which engine where that is known. @param {string} done @param {string} doneBy */
  #by(done, doneBy) {
    const { engine } = this.#session.target;
    return engine ? interpolate(doneBy, { engine: ENGINES[engine] ?? engineName(engine) }) : done;
  }
}
