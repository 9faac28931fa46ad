/** Rearrange the selected frames, set how long they and the whole loop last, undo, and show the keys for all that. */

import { editProject } from "../../../api.js";
import { errorPlace, find } from "../../../dom.js";
import { errorMessage } from "../../../feedback.js";
import { pressedButton, setBusy } from "../../../focus.js";
import { countFrames, formatSeconds } from "../../../format.js";
import { gettext, interpolate } from "../../../i18n.js";
import { duplicate, lengthOf, moveBy, remove, retime, stretch } from "../../../timeline/places.js";

/**
 * @import { Playback } from "../../../playback.js"
 * @import { Store } from "../../../live/store.js"
 * @import { Limits, Place } from "../../../timeline/places.js"
 * @import { Timeline } from "../../../timeline/timeline.js"
 */

const TYPED_IN = "input:not([type=range]), select, textarea, [contenteditable], dialog";
/** What single keys do in the strip. @type {Record<string, string>} */
const STRIP_KEYS = { d: "duplicate", h: "hold", o: "onion", s: "still", Delete: "delete", Backspace: "delete" };
/** @type {Record<string, string>} */
const ALT_KEYS = { ArrowLeft: "earlier", ArrowRight: "later" };

export class TimelineTools extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** Set by `attach`. @type {Playback} */
  #playback = /** @type {any} */ (null);
  /** Set by `attach`. @type {Timeline} */
  #timeline = /** @type {any} */ (null);
  /** @type {Limits} */
  #limits = { frames: [2, 2], delay: [1, 1] };
  /** @type {Record<string, () => unknown>} */
  #actions = {
    undo: () => this.#go("undo", gettext("Undone.")),
    redo: () => this.#go("redo", gettext("Done again.")),
    earlier: () => this.#arrange(moveBy(this.#timeline.places, this.#store.picked, -1), gettext("%(frames)s moved left.")),
    later: () => this.#arrange(moveBy(this.#timeline.places, this.#store.picked, 1), gettext("%(frames)s moved right.")),
    duplicate: () => this.#duplicate(),
    hold: () => this.#retime((delay) => delay * 2),
    delete: () => this.#arrange(remove(this.#timeline.places, this.#store.picked), gettext("%(frames)s deleted.")),
    still: () => this.#chooseStill(),
    several: () => this.#toggle("several", (isOn) => this.parentElement?.toggleAttribute("data-several", isOn)),
    onion: () => this.#toggle("onion", (isOn) => this.#playback.setOnion(isOn)),
    keys: () => find(document, "#keys", HTMLDialogElement).showModal(),
  };

  /** @param {Store} store @param {Playback} playback @param {Timeline} timeline */
  attach(store, playback, timeline) {
    [this.#store, this.#playback, this.#timeline] = [store, playback, timeline];
    const [least = 2, most = 2, shortest = 1, longest = 1] = (this.dataset.limits ?? "").split(" ").map(Number);
    this.#limits = { frames: [least, most], delay: [shortest, longest] };
    timeline.onError = (error) => (errorPlace(this).textContent = errorMessage(error));
    timeline.history.subscribe(() => this.#showHistory());
    store.subscribe((topics) => {
      if (topics.has("frames") || topics.has("selection") || topics.has("project")) this.#show();
    });
    this.addEventListener("click", (event) => this.#do(pressedButton(event)?.dataset.do));
    this.#field("delay").addEventListener("change", (event) => {
      const { valueAsNumber } = /** @type {HTMLInputElement} */ (event.target);
      if (valueAsNumber) void this.#retime(() => valueAsNumber);
      this.#show(true);
    });
    this.#field("length").addEventListener("change", (event) => this.#stretch(/** @type {HTMLInputElement} */ (event.target).valueAsNumber));
    this.parentElement?.addEventListener("keydown", (event) => this.#stripKey(event));
    this.parentElement?.addEventListener("arrange", (event) => {
      void this.#arrange(/** @type {CustomEvent<Place[]>} */ (event).detail, gettext("%(frames)s moved."));
    });
    document.addEventListener("keydown", (event) => this.#pageKey(event));
  }

  /** @param {string|undefined} action */
  #do(action) {
    const button = this.querySelector(`[data-do="${action}"]`);
    if (!action || !button || button.matches("[aria-disabled=true]")) return;
    errorPlace(this).textContent = "";
    void this.#actions[action]?.();
  }

  /** @param {KeyboardEvent} event */
  #stripKey(event) {
    if (!(event.target instanceof Element) || !event.target.closest("[role=option]")) return;
    const { key, altKey } = event;
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && key.toLowerCase() === "a" && !altKey) this.#store.pick(this.#timeline.places.map(({ frame }) => frame), this.#store.selected);
    else if (altKey && !isCommand && ALT_KEYS[key]) this.#do(ALT_KEYS[key]);
    else if (!altKey && !isCommand && (STRIP_KEYS[key] ?? STRIP_KEYS[key.toLowerCase()])) this.#do(STRIP_KEYS[key] ?? STRIP_KEYS[key.toLowerCase()]);
    else return;
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  #pageKey(event) {
    if (event.defaultPrevented || (event.target instanceof Element && event.target.closest(TYPED_IN))) return;
    const key = event.key.toLowerCase();
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (isCommand && key === "z") this.#do(event.shiftKey ? "redo" : "undo");
    else if (isCommand && key === "y") this.#do("redo");
    else if (key === "?" && !isCommand && !event.altKey) this.#do("keys");
    else return;
    event.preventDefault();
  }

  /** @param {Place[]} places @param {string} done what is said then */
  async #arrange(places, done) {
    const [least, most] = this.#limits.frames;
    if (places.length < least) return this.#refuse(interpolate(gettext("A loop has at least %(count)s frames."), { count: least }));
    if (places.length > most) return this.#refuse(interpolate(gettext("A loop has at most %(count)s frames."), { count: most }));
    const frames = countFrames(this.#store.picked.size);
    await this.#timeline.arrange(places);
    this.#say(interpolate(done, { frames }));
  }

  async #duplicate() {
    const before = new Set(this.#timeline.places.map(({ frame }) => frame));
    await this.#arrange(duplicate(this.#timeline.places, this.#store.picked), gettext("%(frames)s duplicated."));
    const copies = this.#timeline.places.map(({ frame }) => frame).filter((id) => !before.has(id));
    if (copies[0]) this.#store.pick(copies, copies[0]);
  }

  /** @param {(delay: number) => number} change */
  #retime(change) {
    return this.#arrange(retime(this.#timeline.places, this.#store.picked, change, this.#limits), gettext("%(frames)s retimed."));
  }

  /** Show the selected frame when still; if that is so already, the first one. */
  async #chooseStill() {
    const { id, poster } = this.#store.project;
    const { index = 0 } = this.#store.selectedFrame ?? {};
    try {
      this.#store.setProject(await editProject(id, { poster: index === poster ? null : index }));
      this.#store.noteStep({ kind: "still", poster });
      this.#say(index === poster ? gettext("The first frame is shown when still.") : gettext("This frame is shown when still."));
    } catch (error) {
      this.#refuse(errorMessage(error));
    }
  }

  /** @param {number} seconds */
  async #stretch(seconds) {
    const { places } = this.#timeline;
    const [shortest, longest] = this.#limits.delay.map((delay) => delay * places.length);
    const wanted = seconds * 1000;
    errorPlace(this).textContent = "";
    if (wanted >= (shortest ?? 0) && wanted <= (longest ?? 0)) {
      await this.#timeline.arrange(stretch(places, wanted, this.#limits));
      this.#say(interpolate(gettext("The loop takes %(time)s."), { time: formatSeconds(lengthOf(this.#timeline.places)) }));
    } else {
      const values = { frames: countFrames(places.length), shortest: formatSeconds(shortest ?? 0), longest: formatSeconds(longest ?? 0) };
      this.#refuse(interpolate(gettext("%(frames)s can take %(shortest)s to %(longest)s."), values));
    }
    this.#show(true);
  }

  /** @param {"undo"|"redo"} way @param {string} said */
  async #go(way, said) {
    await this.#timeline.go(way);
    if (!errorPlace(this).textContent) this.#say(said);
  }

  /** @param {string} name @param {(isOn: boolean) => void} use */
  #toggle(name, use) {
    const button = find(this, `[data-do=${name}]`, HTMLButtonElement);
    const isOn = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isOn));
    use(isOn);
  }

  /** @param {boolean} [isEntered] whether what was typed counts no more */
  #show(isEntered = false) {
    const { frames, status } = this.#store.project;
    const picked = frames.filter((frame) => this.#store.picked.has(frame.id));
    const delays = new Set(picked.map((frame) => frame.delay_ms));
    const total = lengthOf(frames);
    this.#fill("delay", delays.size === 1 ? String(picked[0]?.delay_ms) : "", isEntered);
    this.#fill("length", total ? String(Math.round(total / 10) / 100) : "", isEntered);
    const rate = total && interpolate(gettext("%(rate)s a second"), { rate: (frames.length / (total / 1000)).toFixed(1) });
    find(this, "[data-rate]", HTMLElement).textContent = [countFrames(frames.length), rate].filter(Boolean).join(" · ");
    const isBusy = status === "working" || picked.length === 0;
    for (const name of ["earlier", "later", "duplicate", "hold", "delete"]) setBusy(find(this, `[data-do=${name}]`, HTMLButtonElement), isBusy);
    const still = find(this, "[data-do=still]", HTMLButtonElement);
    setBusy(still, isBusy || !this.#store.selectedFrame?.chosen);
    still.setAttribute("aria-pressed", String(this.#store.selectedFrame?.index === this.#store.project.poster));
    for (const name of ["delay", "length"]) this.#field(name).disabled = isBusy;
  }

  #showHistory() {
    const { canUndo, canRedo } = this.#timeline.history;
    setBusy(find(this, "[data-do=undo]", HTMLButtonElement), !canUndo);
    setBusy(find(this, "[data-do=redo]", HTMLButtonElement), !canRedo);
  }

  /** @param {string} name */
  #field(name) {
    return find(this, `[data-${name}]`, HTMLInputElement);
  }

  /** Show a value, unless another is being typed. @param {string} name @param {string} value @param {boolean} isEntered */
  #fill(name, value, isEntered) {
    const field = this.#field(name);
    if (isEntered || document.activeElement !== field) field.value = value;
  }

  /** @param {string} text */
  #say(text) {
    if (!errorPlace(this).textContent) find(this, "[data-live]", HTMLElement).textContent = text;
  }

  /** @param {string} text */
  #refuse(text) {
    errorPlace(this).textContent = text;
  }
}

customElements.define("timeline-tools", TimelineTools);
