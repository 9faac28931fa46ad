/**
 * Receive a project's changes over one WebSocket, and reopen it after growing pauses when it is lost.
 *
 * A browser notices that a connection was closed, not that it is dead. So after some silence, while something runs, the
 * socket asks for a new snapshot, and is replaced if none comes.
 *
 * @import { Message } from "../schema.js"
 */

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;
const SILENCE_MS = 15_000;
const RESYNC_MS = 5_000;
const OPENING_MS = 10_000;
const SIGNED_OUT = 4401;
const GONE = 4404;
const TOO_MANY = 4429;
/** A person with very many sockets, whose page polls meanwhile. */
const TOO_MANY_PAUSE_MS = 60_000;

/** @typedef {"open"|"lost"|"signed-out"|"gone"} SocketState */

export class ProjectSocket {
  /** @type {WebSocket|null} */
  #socket = null;
  #failures = 0;
  #reopenTimer = 0;
  #watchdog = 0;
  #url;
  #onMessage;
  #onState;
  #isBusy;

  /**
   * @param {string} project
   * @param {{onMessage: (message: Message) => void, onState: (state: SocketState) => void, isBusy: () => boolean}} callbacks
   * `isBusy` tells whether something runs, so that messages are to be expected
   */
  constructor(project, { onMessage, onState, isBusy }) {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#url = `${scheme}://${location.host}/ws/projects/${project}/`;
    this.#onMessage = onMessage;
    this.#onState = onState;
    this.#isBusy = isBusy;
  }

  open() {
    clearTimeout(this.#reopenTimer);
    let received = false;
    /** @type {WebSocket} */
    let socket;
    try {
      socket = new WebSocket(this.#url);
    } catch {
      return this.#lose(); // forbidden by the browser or an extension
    }
    this.#socket = socket;
    // A slow connection gets more time with each attempt.
    this.#watch(OPENING_MS * Math.min(6, 1 + this.#failures), () => this.#lose());
    socket.onmessage = (event) => {
      this.#failures = 0;
      this.#watch(SILENCE_MS, () => this.#checkSilence());
      this.#onMessage(JSON.parse(event.data));
      // Only a message proves the connection: a server in trouble may accept it and hang up.
      if (!received) this.#onState("open");
      received = true;
    };
    socket.onclose = (event) => this.#onClose(event.code);
    return undefined;
  }

  close() {
    clearTimeout(this.#reopenTimer);
    this.#drop();
  }

  /** Ask for a new snapshot, and replace the socket if none comes. A socket that is being reopened gets one anyway. */
  resync() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify({ type: "resync" }));
    this.#watch(RESYNC_MS, () => this.#lose());
  }

  /** Reopen or check the socket without delay: the network is back, or the person is. */
  checkNow() {
    if (this.#socket === null && this.#reopenTimer) this.open();
    else this.resync();
  }

  /** @param {number} delay ms @param {() => void} act */
  #watch(delay, act) {
    clearTimeout(this.#watchdog);
    this.#watchdog = window.setTimeout(act, delay);
  }

  #checkSilence() {
    if (this.#isBusy()) this.resync();
    else this.#watch(SILENCE_MS, () => this.#checkSilence());
  }

  /** @param {number} code */
  #onClose(code) {
    if (code === TOO_MANY) return this.#lose(TOO_MANY_PAUSE_MS);
    if (code !== SIGNED_OUT && code !== GONE) return this.#lose();
    this.close();
    return this.#onState(code === GONE ? "gone" : "signed-out");
  }

  #lose(pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures)) {
    this.#drop();
    this.#failures += 1;
    // Jitter, so that not every browser reconnects at the same moment after a restart.
    this.#reopenTimer = window.setTimeout(() => this.open(), pause * (0.5 + Math.random() / 2));
    this.#onState("lost");
  }

  #drop() {
    clearTimeout(this.#watchdog);
    if (!this.#socket) return;
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }
}
