/** Make and save the file for one platform with one click, say how to add it there, or share it. */

import { IdempotencyKey, makeExports } from "../../../api.js";
import { canShareFiles, errorPlace, find, make } from "../../../dom.js";
import { runAction } from "../../../feedback.js";
import { pressedButton, setBusy } from "../../../focus.js";
import { formatBytes } from "../../../format.js";
import { gettext, interpolate } from "../../../i18n.js";

/**
 * @import { Export, ExportFile } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

const FAILED = gettext("This file could not be made. Try again.");

export class QuickDownload extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** The export that is waited for, and what is done with its file. @type {{id: string, deliver: (row: Export) => void}|null} */
  #waiting = null;
  #sending = false;
  #key = new IdempotencyKey();

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    store.setPlatform(this.dataset.platform ?? "");
    const share = find(this, "[data-share]", HTMLButtonElement);
    share.hidden = !canShareFiles();
    store.subscribe((topics) => {
      this.dataset.platform = store.platform;
      if (topics.has("exports")) this.#deliver();
      if (topics.has("exports") || topics.has("frames") || topics.has("project") || topics.has("platform")) this.#show();
    });
    this.addEventListener("click", (event) => {
      const button = pressedButton(event);
      if (!button) return;
      if (button.matches("[data-close]")) return this.#close();
      if (button.dataset.platform) this.#prefer(button.dataset.platform);
      find(this, "details", HTMLDetailsElement).open = false;
      void this.#get(button === share ? (row) => void this.#share(row) : (row) => this.#save(row));
    });
  }

  get #choice() {
    return find(this, `button[data-platform="${this.dataset.platform}"]`, HTMLButtonElement);
  }

  /** @param {string} platform */
  #prefer(platform) {
    this.#store.setPlatform(platform);
    this.dataset.platform = platform;
    find(this, "[data-save]", HTMLButtonElement).focus();
    this.#show();
  }

  /** Take the result away, and keep the focus near. */
  #close() {
    find(this, "[data-result]", HTMLElement).replaceChildren();
    find(this, "[data-save]", HTMLButtonElement).focus();
  }

  #show() {
    const { project } = this.#store;
    const busy = this.#sending || this.#waiting !== null;
    const canMake = project.status !== "working" && project.frames.some((frame) => frame.chosen);
    const save = find(this, "[data-save]", HTMLButtonElement);
    save.textContent = busy ? gettext("Making…") : this.#choice.textContent;
    for (const button of this.querySelectorAll(".split button")) {
      if (!(button instanceof HTMLButtonElement)) continue;
      button.disabled = !canMake;
      setBusy(button, busy);
    }
  }

  /** Deliver the platform's file, which is made first unless it shows the frames as they are. @param {(row: Export) => void} deliver */
  async #get(deliver) {
    const platform = this.dataset.platform ?? "";
    const known = this.#store.exports.get(platform);
    if (known?.status === "succeeded" && !this.#store.isOutdated(known)) return deliver(known);
    const send = (/** @type {string} */ key) => this.#store.answered.then(() => makeExports(this.#store.project.id, [platform], key));
    await runAction(errorPlace(this), (busy) => this.#setSending(busy), async () => {
      find(this, "[data-result]", HTMLElement).replaceChildren();
      for (const row of await this.#key.use(platform, send)) {
        this.#waiting = { id: row.id, deliver };
        this.#store.setExport(row);
      }
    });
  }

  /** @param {boolean} sending */
  #setSending(sending) {
    this.#sending = sending;
    this.#show();
  }

  /** Deliver the file that is waited for once it is there, or say why there is none. */
  #deliver() {
    const waiting = this.#waiting;
    const row = [...this.#store.exports.values()].find((known) => known.id === waiting?.id);
    if (!waiting || row?.status === "queued" || row?.status === "running") return;
    this.#waiting = null;
    if (row?.status === "succeeded") waiting.deliver(row);
    else errorPlace(this).textContent = row?.error || FAILED;
  }

  /** @param {Export} row */
  #save({ files: [file] }) {
    if (!file) return;
    linkTo(file, "").click();
    const how = (this.#choice.dataset.howToAdd ?? "").replace("{name}", shortcode(this.#store.project.name));
    this.#say(make("p", {}, make("strong", {}, interpolate(gettext("Saved, %(size)s."), { size: formatBytes(file.bytes) })), ` ${how}`), linkTo(file, gettext("Save it again")));
  }

  /** @param {Node} text @param {Node[]} others */
  #say(text, ...others) {
    const close = make("button", { type: "button", class: "button", "data-close": "" }, gettext("OK"));
    find(this, "[data-result]", HTMLElement).replaceChildren(text, make("div", { class: "actions" }, close, ...others));
  }

  /** Share the file with another program of the device. @param {Export} row */
  async #share({ files: [file] }) {
    if (!file) return;
    await runAction(errorPlace(this), () => {}, async () => {
      const { shareFile } = await import("./share-file.js");
      const left = await shareFile(file, this.#store.project.name);
      if (left) this.#say(make("p", {}, left));
    });
  }
}

/** @param {ExportFile} file @param {string} text */
const linkTo = (file, text) => make("a", { href: file.url, download: file.name }, text);

/** Get the name by which chats call the emoji: ":chelsea_jump:". @param {string} name */
function shortcode(name) {
  const word = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
  return `:${word.slice(0, 32).replace(/_+$/, "") || "emoji"}:`;
}

customElements.define("quick-download", QuickDownload);
