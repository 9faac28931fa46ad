/** Rearrange the frames: shown at once, then sent, one request after the other. */

import { getProject } from "../api.js";
import { History, sendPlaces } from "./history.js";
import { areSame, placesOf } from "./places.js";

/**
 * @import { Store } from "../live/store.js"
 * @import { Place } from "./places.js"
 */

export class Timeline {
  /** Called with what went wrong; the frames are then shown as they are. @type {(error: unknown) => void} */
  onError = () => {};
  #store;
  /** The order to be sent next. @type {Place[]|null} */
  #next = null;
  /** Settles once all that was asked for is done. @type {Promise<void>} */
  #done = Promise.resolve();
  /** Whether frames are under way that are not on the page yet: copies, or those of an undo. */
  #isLocked = false;

  /** @param {Store} store @param {History} history */
  constructor(store, history) {
    this.#store = store;
    this.history = history;
  }

  get places() {
    return placesOf(this.#store.project.frames);
  }

  /** Have the frames so; what is asked for while a request is under way is sent in one. @param {Place[]} places */
  arrange(places) {
    if (this.#isLocked || areSame(places, this.places)) return this.#done;
    this.#isLocked = new Set(places.map((place) => place.frame)).size < places.length;
    const isQueued = this.#next !== null;
    this.#next = places;
    this.#store.showInOrder(places);
    return isQueued ? this.#done : this.#enqueue(() => this.#send());
  }

  /** Undo or redo. @param {"undo"|"redo"} way */
  go(way) {
    this.#isLocked = true;
    return this.#enqueue(() => this.history[way]());
  }

  async #send() {
    const places = this.#next;
    this.#next = null;
    if (!places) return;
    this.history.add(await sendPlaces(this.#store, places));
    if (this.#next) this.#store.showInOrder(this.#next);
  }

  /** Act after all that was asked for before: a choice that is not answered is no step yet that could be undone. @param {() => Promise<void>} action */
  #enqueue(action) {
    const done = this.#store.inTurn(() => this.#attempt(action)).then(() => {
      if (this.#done === done) this.#isLocked = false;
    });
    this.#done = done;
    return done;
  }

  /** @param {() => Promise<void>} action */
  async #attempt(action) {
    try {
      await action();
    } catch (error) {
      this.#next = null;
      this.onError(error);
      const project = await getProject(this.#store.project.id).catch(() => null);
      if (project) this.#store.setProject(project);
    }
  }
}
