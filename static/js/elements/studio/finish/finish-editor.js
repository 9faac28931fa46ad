/** Framing and finish: a view of its own over the studio, which shows the loop as files will have it. */

import { chooseBackdrops, find } from "../../../dom.js";
import { errorMessage } from "../../../feedback.js";
import { pressedButton, setBusy } from "../../../focus.js";
import { gettext } from "../../../i18n.js";
import { Gestures } from "../editor/gestures.js";
import { onKeys } from "../editor/keys.js";
import { Toolbar } from "../editor/toolbar.js";
import { FullView } from "../full-view.js";
import { Controls } from "./controls.js";
import { Draft, isSame } from "./draft.js";
import { Mover } from "./mover.js";
import { Preview } from "./preview.js";

/**
 * @import { BitmapCache } from "../../../bitmaps.js"
 * @import { FinishSetup } from "../../../finish/finished-bitmaps.js"
 * @import { Store } from "../../../live/store.js"
 * @import { Playback } from "../../../playback.js"
 * @import { Finish } from "../../../schema.js"
 *
 * @typedef {{store: Store, playback: Playback, bitmaps: BitmapCache, setup: FinishSetup}} Studio
 */

const PANELS = ["place", "outline", "shadow", "caption"];
const NOTHING = { onStart() {}, onMove() {}, onEnd() {}, onCancel() {} };

export class FinishEditor extends HTMLElement {
  /** Set when it is opened first, as all below. @type {Studio} */
  #studio = /** @type {any} */ (null);
  /** @type {Draft} */
  #draft = /** @type {any} */ (null);
  /** @type {Preview} */
  #preview = /** @type {any} */ (null);
  /** @type {Controls} */
  #controls = /** @type {any} */ (null);
  /** @type {Mover} */
  #mover = /** @type {any} */ (null);
  /** @type {Toolbar} */
  #toolbar = /** @type {any} */ (null);
  #view = new FullView(this);
  #keys = new AbortController();
  #isSpaceDown = false;
  /** The finish when the view was opened. @type {Finish|null} */
  #before = null;

  /** Show the view in the studio's place. @param {Studio} studio */
  open(studio) {
    if (!this.#studio) this.#setUp(studio);
    this.#before = this.#draft.finish;
    this.#view.open();
    this.#keys = onKeys(this, { onKey: (event) => this.#onKey(event), onHold: (key, down) => this.#onHold(key, down) });
    find(this, "[data-shape]", HTMLSelectElement).value = studio.store.platform;
    this.#preview.setOpen(true);
    this.#show();
    find(this, "h1", HTMLElement).focus();
  }

  /** Save, and go back to the studio, where one step takes back all that was done here. */
  close() {
    if (!this.#view.isOpen) return;
    this.#draft.keep();
    this.#keys.abort();
    this.#preview.setOpen(false);
    this.#view.close();
    if (this.#before && !isSame(this.#before, this.#draft.finish)) this.#studio.store.noteStep({ kind: "finish", finish: this.#before });
  }

  /** @param {Studio} studio */
  #setUp(studio) {
    this.#studio = studio;
    const { store, playback, bitmaps, setup } = studio;
    const surface = find(this, "[data-surface]", HTMLElement);
    this.#draft = new Draft(store);
    this.#preview = new Preview(this, playback, bitmaps, setup.font);
    this.#controls = new Controls(find(this, "form", HTMLFormElement), this.#draft, setup.layers);
    this.#mover = new Mover(this.#draft, () => this.#preview.size, find(this, "[name='placement.zoom']", HTMLInputElement));
    this.#toolbar = new Toolbar({ root: this, surface, tool: null }, PANELS.map((name) => ({ name })));
    surface.addEventListener("pointerdown", () => this.#mover.start());
    new Gestures(surface, this.#mover, NOTHING).isPanning = true;
    this.#draft.onChange = () => this.#show();
    this.#draft.onSent = (error) => this.#say(error);
    this.#preview.onError = (error) => this.#say(error);
    this.#buttons();
    playback.subscribe(() => this.#showPlaying());
    store.subscribe((topics) => {
      if (store.connection === "gone") this.close();
      else if (this.#view.isOpen && topics.has("frames")) this.#preview.reset();
    });
  }

  #show() {
    const { store, setup } = this.#studio;
    const rule = setup.canvases[store.platform] ?? Object.values(setup.canvases)[0];
    this.#controls.show();
    this.toggleAttribute("data-unsaved", !this.#draft.isSaved);
    if (rule) void this.#preview.show(this.#draft.finish, rule);
    setBusy(find(this, "[data-do=undo]", HTMLButtonElement), !this.#draft.canUndo);
    setBusy(find(this, "[data-do=redo]", HTMLButtonElement), !this.#draft.canRedo);
    setBusy(find(this, "[data-do=reset]", HTMLButtonElement), isSame(this.#draft.finish, setup.plain));
  }

  #showPlaying() {
    const { playing, moments } = this.#studio.playback;
    const button = find(this, "[data-do=play]", HTMLButtonElement);
    button.classList.toggle("is-playing", playing);
    button.setAttribute("aria-label", playing ? gettext("Pause") : gettext("Play"));
    button.disabled = moments.length < 2;
  }

  /** Say that all is saved, or why not. @param {unknown} error */
  #say(error) {
    find(this, "[data-error]", HTMLElement).textContent = error ? errorMessage(error) : "";
    find(this, "[data-said]", HTMLElement).textContent = error ? "" : gettext("Saved. Files that you make now look like this.");
    this.#controls.text.setAttribute("aria-invalid", String(Boolean(error)));
  }

  #buttons() {
    const { playback, store, setup } = this.#studio;
    /** @type {Record<string, () => void>} */
    const actions = {
      done: () => this.close(),
      undo: () => this.#draft.undo(),
      redo: () => this.#draft.redo(),
      play: () => playback.toggle(),
      reset: () => this.#draft.change(setup.plain),
      centre: () => this.#draft.change({ placement: setup.plain.placement }),
    };
    this.addEventListener("click", (event) => actions[pressedButton(event, "[data-do]")?.dataset.do ?? ""]?.());
    chooseBackdrops(this, find(this, "[data-bounds]", HTMLElement));
    find(this, "[name='placement.ground'][type=checkbox]", HTMLInputElement).addEventListener("input", (event) => {
      event.stopPropagation(); // it stands for a number
      const { checked } = /** @type {HTMLInputElement} */ (event.target);
      const ground = checked ? Math.round(this.#preview.lowest * 100) / 100 : null;
      this.#draft.change({ placement: { ...this.#draft.finish.placement, ground } });
    });
    find(this, "[data-shape]", HTMLSelectElement).addEventListener("change", ({ target }) => {
      store.setPlatform(/** @type {HTMLSelectElement} */ (target).value);
      this.#show();
    });
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  #onKey(event) {
    const key = event.key.toLowerCase();
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && (key === "y" || (key === "z" && event.shiftKey))) this.#draft.redo();
    else if (isCommand && key === "z") this.#draft.undo();
    else if (isCommand || event.altKey) return false;
    else if (key === "escape") this.close();
    else return this.#toolbar.onKey(event) || this.#mover.onKey(event);
    return true;
  }

  /** Play or pause with the space bar. @param {string} key @param {boolean} down */
  #onHold(key, down) {
    if (key !== " ") return;
    if (down && !this.#isSpaceDown && this.#studio.playback.moments.length > 1) this.#studio.playback.toggle();
    this.#isSpaceDown = down;
  }
}

customElements.define("finish-editor", FinishEditor);
