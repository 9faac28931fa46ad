/** Keep the store up to date over the socket, and by polling the API while the socket does not work. */

import { getProject, onNotFound } from "../api.js";
import { ProjectPolling } from "./polling.js";
import { ProjectSocket } from "./socket.js";

/**
 * @import { Message } from "../schema.js"
 * @import { Connection, Store } from "./store.js"
 */

const POLLING_DELAY_MS = 4000;

export class LiveUpdates {
  #store;
  #socket;
  #polling;
  #pollingTimer = 0;

  /** @param {Store} store */
  constructor(store) {
    const { id } = store.project;
    this.#store = store;
    const onMessage = (/** @type {Message} */ message) => store.apply(message);
    this.#socket = new ProjectSocket(id, {
      onMessage,
      onState: (state) => this.#onSocketState(state),
      isBusy: () => store.isBusy,
    });
    this.#polling = new ProjectPolling(id, {
      onMessage,
      onState: (state) => this.#setConnection(state),
      revision: () => store.revision,
    });
    store.onUnknownFrame = () => this.#socket.resync();
    onNotFound((path) => this.#onNotFound(path));
    addEventListener("online", () => this.#checkNow());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#checkNow());
  }

  start() {
    this.#socket.open();
    this.#schedulePolling();
  }

  #checkNow() {
    if (!this.#hasEnded()) this.#socket.checkNow();
  }

  /** @param {import("./socket.js").SocketState} state */
  #onSocketState(state) {
    if (state === "lost") {
      this.#schedulePolling();
      if (this.#store.connection !== "polling") this.#setConnection("lost");
      return;
    }
    clearTimeout(this.#pollingTimer);
    this.#pollingTimer = 0;
    this.#polling.stop();
    this.#setConnection(state);
  }

  #schedulePolling() {
    this.#pollingTimer ||= window.setTimeout(() => this.#polling.start(), POLLING_DELAY_MS);
  }

  /** Check whether the project is gone when any request for a part of it is answered 404. @param {string} path */
  async #onNotFound(path) {
    const own = `projects/${this.#store.project.id}/`;
    if (path === own) this.#setConnection("gone");
    else if (path.startsWith(own) && !this.#hasEnded()) await getProject(this.#store.project.id).catch(() => null);
  }

  #hasEnded() {
    return this.#store.connection === "gone" || this.#store.connection === "signed-out";
  }

  /** @param {Connection} connection */
  #setConnection(connection) {
    if (connection === this.#store.connection || this.#hasEnded()) return;
    this.#store.connect(connection);
    if (!this.#hasEnded()) return;
    clearTimeout(this.#pollingTimer);
    this.#socket.close();
    this.#polling.stop();
  }
}
