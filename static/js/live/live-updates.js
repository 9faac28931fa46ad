/** Keeps the store up to date: over the socket, and by asking the API for as long as the socket does not work. */

import { getProject, onNotFound } from "../api.js";
import { ProjectPolling } from "./polling.js";
import { ProjectSocket } from "./socket.js";

/**
 * @import { Message } from "../schema.js"
 * @import { Connection, Store } from "./store.js"
 */

const PATIENCE_MS = 4000;

export class LiveUpdates {
  #store;
  #socket;
  #polling;
  #patience = 0;

  /** @param {Store} store */
  constructor(store) {
    const { id } = store.project;
    this.#store = store;
    const onMessage = (/** @type {Message} */ message) => store.apply(message);
    this.#socket = new ProjectSocket(id, {
      onMessage,
      onState: (state) => this.#socketIs(state),
      isBusy: () => store.isBusy,
    });
    this.#polling = new ProjectPolling(id, {
      onMessage,
      onState: (state) => this.#become(state),
      revision: () => store.revision,
    });
    store.onUnknownFrame = () => this.#socket.resync();
    onNotFound((path) => this.#notFound(path));
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#hurry());
  }

  start() {
    this.#socket.open();
    this.#waitForSocket();
  }

  #hurry() {
    if (!this.#isOver()) this.#socket.hurry();
  }

  /** @param {import("./socket.js").SocketState} state */
  #socketIs(state) {
    if (state === "lost") {
      this.#waitForSocket();
      if (this.#store.connection !== "polling") this.#become("lost");
      return;
    }
    clearTimeout(this.#patience);
    this.#patience = 0;
    this.#polling.stop();
    this.#become(state);
  }

  #waitForSocket() {
    this.#patience ||= window.setTimeout(() => this.#polling.start(), PATIENCE_MS);
  }

  /** What is asked for by another part of the page is gone: with the whole project, or alone. @param {string} path */
  async #notFound(path) {
    const own = `projects/${this.#store.project.id}/`;
    if (path === own) this.#become("gone");
    else if (path.startsWith(own) && !this.#isOver()) await getProject(this.#store.project.id).catch(() => null);
  }

  #isOver() {
    return this.#store.connection === "gone" || this.#store.connection === "signed-out";
  }

  /** @param {Connection} connection */
  #become(connection) {
    if (connection === this.#store.connection || this.#isOver()) return;
    this.#store.connect(connection);
    if (!this.#isOver()) return;
    clearTimeout(this.#patience);
    this.#socket.close();
    this.#polling.stop();
  }
}
