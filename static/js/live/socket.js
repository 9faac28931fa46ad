/**
 * One socket to one project: opens, watches that something comes over it, and opens again with growing pauses.
 *
 * A browser does not notice that a connection is dead, only that it was closed. So silence is questioned: while
 * something runs, a fresh snapshot is asked for, and a socket that does not answer is given up.
 *
 * @import { Message } from "../schema.js"
 */

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const SILENCE_MS = 15_000;
const ANSWER_MS = 5_000;
const GREETING_MS = 10_000;
const SIGNED_OUT = 4401;
const GONE = 4404;

/** @typedef {"open"|"lost"|"signed-out"|"gone"} SocketState */

export class ProjectSocket {
  /** @type {WebSocket|null} */
  #socket = null;
  #failures = 0;
  #reopening = 0;
  #watching = 0;
  #url;
  #onMessage;
  #onState;
  #isBusy;

  /**
   * @param {string} project
   * @param {{onMessage: (message: Message) => void, onState: (state: SocketState) => void, isBusy: () => boolean}} callbacks
   * `isBusy` says whether something runs, so that news are to be expected
   */
  constructor(project, { onMessage, onState, isBusy }) {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#url = `${scheme}://${location.host}/ws/projects/${project}/`;
    this.#onMessage = onMessage;
    this.#onState = onState;
    this.#isBusy = isBusy;
  }

  open() {
    clearTimeout(this.#reopening);
    let heard = false;
    /** @type {WebSocket} */
    let socket;
    try {
      socket = new WebSocket(this.#url);
    } catch {
      return this.#lose(); // forbidden by the browser or an extension of it
    }
    this.#socket = socket;
    // A slow line gets more time with each attempt.
    this.#watch(GREETING_MS * Math.min(6, 1 + this.#failures), () => this.#lose());
    socket.onmessage = (event) => {
      this.#failures = 0;
      this.#watch(SILENCE_MS, () => this.#question());
      this.#onMessage(JSON.parse(event.data));
      // A line is only good once something came over it: a server in trouble may accept and hang up.
      if (!heard) this.#onState("open");
      heard = true;
    };
    socket.onclose = (event) => this.#closed(event.code);
    return undefined;
  }

  close() {
    clearTimeout(this.#reopening);
    this.#drop();
  }

  /** Ask for a fresh snapshot, and give the socket up if none comes; on a lost line there is one on the way anyhow. */
  resync() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify({ type: "resync" }));
    this.#watch(ANSWER_MS, () => this.#lose());
  }

  /** The network is back, or the person is: no reason to sit out a pause, or to believe a line that slept. */
  hurry() {
    if (this.#socket === null && this.#reopening) this.open();
    else this.resync();
  }

  /** @param {number} delay ms @param {() => void} act */
  #watch(delay, act) {
    clearTimeout(this.#watching);
    this.#watching = window.setTimeout(act, delay);
  }

  #question() {
    if (this.#isBusy()) this.resync();
    else this.#watch(SILENCE_MS, () => this.#question());
  }

  /** @param {number} code */
  #closed(code) {
    if (code !== SIGNED_OUT && code !== GONE) return this.#lose();
    this.close();
    return this.#onState(code === GONE ? "gone" : "signed-out");
  }

  #lose() {
    this.#drop();
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    // Jitter: after a restart not every browser should knock at the same moment.
    this.#reopening = window.setTimeout(() => this.open(), pause * (0.5 + Math.random() / 2));
    this.#onState("lost");
  }

  #drop() {
    clearTimeout(this.#watching);
    if (!this.#socket) return;
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }
}
