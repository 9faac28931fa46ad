/** The clock of the loop: which moment is shown. It knows times, not pictures. */

/** @typedef {{id: string, index: number, url: string, delay: number}} Moment */

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class Playback {
  /** @type {Moment[]} those that have a picture, in order */
  moments = [];
  at = 0;
  speed = 1;
  playing = !STILL.matches;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #since = 0;
  #last = 0;
  #ticking = false;

  /** @param {() => void} listener called whenever another moment is to be shown, or playing starts or stops */
  subscribe(listener) {
    this.#listeners.add(listener);
    listener();
  }

  get moment() {
    return this.moments[this.at] ?? null;
  }

  /** The loop's length in ms. */
  get duration() {
    return this.moments.reduce((sum, moment) => sum + moment.delay, 0);
  }

  /** Frames come and go; the one that is shown stays, if it can. @param {Moment[]} moments */
  set(moments) {
    const shown = this.moment?.index ?? 0;
    this.moments = moments;
    const same = moments.findIndex((moment) => moment.index >= shown);
    this.at = Math.max(0, same);
    this.#tick();
    this.#tell();
  }

  /** Play, unless the person has asked for less motion: then it is theirs to start. */
  play() {
    if (!this.playing && !STILL.matches) this.toggle();
  }

  toggle() {
    this.playing = !this.playing;
    this.#tick();
    this.#tell();
  }

  /** Stop at the moment of this frame. @param {number} index */
  show(index) {
    this.playing = false;
    const at = this.moments.findIndex((moment) => moment.index === index);
    if (at >= 0) this.at = at;
    this.#tell();
  }

  #tick() {
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
    // A tab that slept for a minute goes on where it was, it does not catch up.
    this.#since += Math.min(250, now - this.#last) * this.speed;
    this.#last = now;
    const before = this.at;
    for (let delay = this.moment?.delay ?? 80; this.#since >= delay; delay = this.moment?.delay ?? 80) {
      this.#since -= delay;
      this.at = (this.at + 1) % this.moments.length;
    }
    if (this.at !== before) this.#tell();
    requestAnimationFrame((next) => this.#step(next));
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
