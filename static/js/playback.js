/** Keep the time of the loop: which frame is shown now. */

import { prefersReducedMotion } from "./dom.js";

/** @import { Frame } from "./schema.js" */

/** @typedef {{id: string, index: number, url: string, delay: number}} Moment */

/**
 * Make the moments of the frames that have a picture.
 *
 * @param {Frame[]} frames @param {(frame: Frame) => string|null|undefined} urlOf
 * @returns {Moment[]}
 */
export function momentsOf(frames, urlOf) {
  return frames.flatMap((frame) => {
    const url = urlOf(frame);
    return url ? [{ id: frame.id, index: frame.index, url, delay: frame.delay_ms }] : [];
  });
}

export class Playback {
  /** The frames that have a picture, in order. @type {Moment[]} */
  moments = [];
  at = 0;
  speed = 1;
  playing = !prefersReducedMotion();
  #isOnion = false;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #since = 0;
  #last = 0;
  #ticking = false;

  /** @param {() => void} listener called now, and whenever the shown frame changes or playing starts or stops */
  subscribe(listener) {
    this.#listeners.add(listener);
    listener();
  }

  get moment() {
    return this.moments[this.at] ?? null;
  }

  /** Get the loop's length in ms. */
  get duration() {
    return this.moments.reduce((sum, moment) => sum + moment.delay, 0);
  }

  /** The frames before and after the one that is shown, where they are to be seen through it. */
  get onion() {
    if (!this.#isOnion || this.playing || this.moments.length < 3) return [];
    const count = this.moments.length;
    return [this.moments[(this.at + count - 1) % count], this.moments[(this.at + 1) % count]];
  }

  /** Show the neighbours of a frame through it while it stands still. @param {boolean} isOnion */
  setOnion(isOnion) {
    this.#isOnion = isOnion;
    if (isOnion && this.playing) this.toggle();
    this.#notify();
  }

  /** Replace the moments; the frame that is shown stays, if it can. @param {Moment[]} moments */
  set(moments) {
    const { id, index } = this.moment ?? { id: "", index: 0 };
    this.moments = moments;
    const same = moments.findIndex((moment) => moment.id === id);
    this.at = Math.max(0, same < 0 ? moments.findIndex((moment) => moment.index >= index) : same);
    this.#startClock();
    this.#notify();
  }

  /** Play, unless the person asked for less motion. */
  play() {
    if (!this.playing && !prefersReducedMotion()) this.toggle();
  }

  toggle() {
    this.playing = !this.playing;
    this.#startClock();
    this.#notify();
  }

  /** Pause at a frame. @param {number} index */
  show(index) {
    this.playing = false;
    const at = this.moments.findIndex((moment) => moment.index === index);
    if (at >= 0) this.at = at;
    this.#notify();
  }

  #startClock() {
    if (this.#ticking || !this.playing || this.moments.length < 2) return;
    this.#ticking = true;
    this.#since = 0;
    this.#last = performance.now();
    requestAnimationFrame((now) => this.#step(now));
  }

  /** @param {number} now ms */
  #step(now) {
    if (!this.playing || this.moments.length < 2) {
      this.#ticking = false;
      return;
    }
    // A tab that was in the background goes on where it stopped.
    this.#since += Math.min(250, now - this.#last) * this.speed;
    this.#last = now;
    const before = this.at;
    for (let delay = this.moment?.delay ?? 80; this.#since >= delay; delay = this.moment?.delay ?? 80) {
      this.#since -= delay;
      this.at = (this.at + 1) % this.moments.length;
    }
    if (this.at !== before) this.#notify();
    requestAnimationFrame((next) => this.#step(next));
  }

  #notify() {
    for (const listener of this.#listeners) listener();
  }
}
