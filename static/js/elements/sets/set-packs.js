/** Show for each store what a pack of the set lacks, make the pack, and hand its ZIP over. */

import { cancelJob, getPack, IdempotencyKey, listStores, makePack } from "../../api.js";
import { errorPlace, find, make, onceInSight } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { keepFocus, pressedButton, setBusy } from "../../focus.js";
import { formatBytes } from "../../format.js";
import { gettext, interpolate, ngettext } from "../../i18n.js";
import { isActive } from "../../live/statuses.js";

/**
 * @import { Pack, PackRequest, PackStore } from "../../schema.js"
 * @import { SetStore } from "../../sets/set-store.js"
 */

const POLL_MS = 1000;

export class SetPacks extends HTMLElement {
  /** Set by `attach`. @type {SetStore} */
  #store = /** @type {any} */ (null);
  /** @type {Map<string, PackStore>} */
  #stores = new Map();
  #keys = new IdempotencyKey();
  #timer = 0;
  /** What the list was read for. */
  #known = "";
  #reads = 0;
  #made = 0;

  /** @param {SetStore} store */
  attach(store) {
    this.#store = store;
    this.addEventListener("click", (event) => this.#onClick(event));
    onceInSight(this, () => store.subscribe(() => void this.#read()));
  }

  /** Read what the stores say about the set, if it is another than that of before. */
  async #read() {
    const { set } = this.#store;
    const known = JSON.stringify([set.name, set.projects.map(({ id, status }) => [id, status])]);
    if (known === this.#known) return;
    this.#known = known;
    await runAction(errorPlace(this), () => {}, () => this.#readStores(set.id));
  }

  /** Show what the stores say now: an answer that another has overtaken, or from before a pack, is not shown. @param {string} set its id */
  async #readStores(set) {
    const number = (this.#reads += 1);
    const made = this.#made;
    const rows = await listStores(set);
    if (number !== this.#reads) return;
    if (made !== this.#made) return void (await this.#readStores(set));
    for (const row of rows) this.#set(row);
    this.#follow();
  }

  /** @param {PackStore} row */
  #set(row) {
    this.#stores.set(row.platform, row);
    const list = find(this, row.is_plain ? "[data-plain]" : "[data-stores]", HTMLElement);
    const old = list.querySelector(`[data-platform="${row.platform}"]`);
    const item = packRow(row);
    if (old) keepFocus(old, () => old.replaceWith(item), () => item.querySelector("a, button"));
    else list.append(item);
  }

  /** @param {string} platform @param {Pack} pack */
  #setPack(platform, pack) {
    const row = this.#stores.get(platform);
    if (row) this.#set({ ...row, pack, missing: isActive(pack) ? row.missing : pack.missing });
  }

  /** Follow the packs that are being made. */
  #follow() {
    clearTimeout(this.#timer);
    const live = [...this.#stores.values()].filter(({ pack }) => isActive(pack));
    if (live.length) this.#timer = window.setTimeout(() => void this.#poll(live), POLL_MS);
  }

  /** @param {PackStore[]} live */
  async #poll(live) {
    for (const { platform, pack } of live) {
      const now = pack && (await getPack(pack.id).catch(() => null)); // the next poll may succeed
      if (now && this.#stores.get(platform)?.pack?.id === now.id) this.#setPack(platform, now);
    }
    this.#follow();
  }

  /** @param {Event} event */
  #onClick(event) {
    const button = pressedButton(event, "[data-make], [data-stop]");
    const row = this.#stores.get(button?.closest("li")?.dataset.platform ?? "");
    if (!button || !row) return;
    if (button.matches("[data-stop]")) void this.#run(button, () => cancelJob(row.pack?.job ?? ""));
    else if (row.wants_author) this.#ask(row);
    else void this.#run(button, () => this.#make({ platform: row.platform }));
  }

  /** @param {HTMLButtonElement} button @param {() => Promise<unknown>} act */
  #run(button, act) {
    return runAction(errorPlace(button.closest("li") ?? this), (busy) => setBusy(button, busy), act);
  }

  /** @param {PackRequest} body */
  async #make(body) {
    const { set } = this.#store;
    const pack = await this.#keys.use([body, set.projects], (key) => makePack(set.id, body, key));
    this.#made += 1;
    this.#setPack(body.platform, pack);
    this.#follow();
  }

  /** Ask for what the store shows beside the stickers. @param {PackStore} row */
  #ask(row) {
    const dialog = find(document, "#pack", HTMLDialogElement);
    const form = find(dialog, "form", HTMLFormElement);
    const [title, author] = [find(form, "[name=title]", HTMLInputElement), find(form, "[name=author]", HTMLInputElement)];
    const submit = find(form, "[type=submit]", HTMLButtonElement);
    find(dialog, "[data-store]", HTMLElement).textContent = row.label;
    errorPlace(dialog).textContent = "";
    title.value = row.pack?.title ?? this.#store.set.name;
    author.value ||= row.pack?.author ?? "";
    find(dialog, "[data-close]", HTMLButtonElement).onclick = () => dialog.close();
    const send = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const body = { platform: row.platform, title: title.value.trim(), author: author.value.trim() };
      void runAction(errorPlace(dialog), (busy) => setBusy(submit, busy), () => this.#make(body)).then((isSent) => {
        if (isSent && form.onsubmit === send) dialog.close(); // it may be about another store by now
      });
    };
    form.onsubmit = send;
    dialog.onclose = () => this.querySelector(`[data-platform="${row.platform}"] button`)?.scrollIntoView({ block: "nearest" });
    dialog.showModal();
  }
}

/** @param {PackStore} row */
function packRow({ platform, label, stickers, is_plain, missing, pack }) {
  const live = isActive(pack);
  const button = make("button", { type: "button", class: "button small", [live ? "data-stop" : "data-make"]: "" }, live ? gettext("Stop") : gettext("Make the ZIP"), hidden(interpolate(gettext(" for %(platform)s"), { platform: label })));
  const head = make("div", { class: "pack-head" }, make("h3", {}, label), ...(is_plain ? [] : [make("p", { class: "hint" }, interpolate(gettext("%(count)s in a pack"), { count: stickers }))]), button);
  const item = make("li", { class: "card", "data-platform": platform, "data-testid": `pack-${platform}` }, head, make("p", { class: "problem", "data-error": "", role: "alert" }));
  if (pack && live) item.append(make("progress", { max: String(pack.progress.total), value: String(pack.progress.done), "aria-label": gettext("Making the pack…") }));
  else if (pack) item.append(...result(pack, label));
  for (const { text, remedy } of missing) item.append(make("p", { class: "lacks hint" }, `${text} ${remedy}`));
  if (!missing.length && !pack && !is_plain) item.append(make("p", { class: "hint good" }, gettext("Nothing is missing.")));
  return item;
}

/** @param {Pack} pack @param {string} label @returns {HTMLElement[]} */
function result(pack, label) {
  if (pack.status === "failed") return [make("p", { class: "problem" }, pack.error || gettext("This pack could not be made. Try again."))];
  const [zip, report] = ["ZIP", "JSON"].map((format) => pack.files.find((file) => file.format === format));
  if (!zip) return [];
  const link = make("a", { href: zip.url, download: zip.name, class: "button primary small", "data-testid": "pack-download" },
    interpolate(gettext("Download %(size)s"), { size: formatBytes(zip.bytes) }), hidden(interpolate(gettext(" for %(platform)s"), { platform: label })));
  const broken = pack.checks.filter((check) => !check.ok).length;
  const said = broken
    ? interpolate(ngettext("%(count)s rule not met", "%(count)s rules not met", broken), { count: broken })
    : interpolate(ngettext("All %(count)s rule met", "All %(count)s rules met", pack.checks.length), { count: pack.checks.length });
  const proof = make("p", { class: broken ? "hint" : "hint good" }, said);
  if (report) proof.append(" · ", make("a", { href: report.url, download: report.name }, gettext("Report")));
  return [make("div", { class: "actions" }, link, proof)];
}

/** @param {string} text */
const hidden = (text) => make("span", { class: "visually-hidden" }, text);

customElements.define("set-packs", SetPacks);
