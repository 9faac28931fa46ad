/**
 * One line to one project: opens, and opens again with growing pauses when it breaks.
 *
 * @import { Message } from "./shapes.js"
 */

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const SIGNED_OUT = 4401;
const GONE = 4404;

/** @typedef {"connecting"|"open"|"lost"|"signed-out"|"gone"} Connection */

export class ProjectSocket {
  /** @type {WebSocket|null} */
  #socket = null;
  #failures = 0;
  #timer = 0;
  #url;
  #onMessage;
  #onConnection;

  /**
   * @param {string} project
   * @param {(message: Message) => void} onMessage
   * @param {(connection: Connection) => void} onConnection
   */
  constructor(project, onMessage, onConnection) {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#url = `${scheme}://${location.host}/ws/projects/${project}/`;
    this.#onMessage = onMessage;
    this.#onConnection = onConnection;
    // The network is back, or the person is: no reason to sit out the pause.
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#hurry());
  }

  open() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    let heard = false;
    socket.onmessage = (event) => {
      this.#failures = 0;
      this.#onMessage(JSON.parse(event.data));
      // A line is only good once something came over it: a server in trouble may accept and hang up.
      if (!heard) this.#onConnection("open");
      heard = true;
    };
    socket.onclose = (event) => this.#closed(event.code);
  }

  /** Ask for a fresh snapshot; on a broken line there is one on the way anyhow. */
  resync() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type: "resync" }));
  }

  /** @param {number} code */
  #closed(code) {
    this.#socket = null;
    if (code === SIGNED_OUT) return this.#onConnection("signed-out");
    if (code === GONE) return this.#onConnection("gone");
    this.#onConnection("lost");
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    // Jitter: after a restart not every browser should knock at the same moment.
    this.#timer = window.setTimeout(() => this.open(), pause * (0.5 + Math.random() / 2));
  }

  #hurry() {
    if (this.#socket === null && this.#timer) this.open();
  }
}
