/** Show a card per platform: make its file, read the report, download it. */

import { cancelJob, IdempotencyKey, makeExports } from "../../../api.js";
import { errorPlace, find, make } from "../../../dom.js";
import { runAction } from "../../../feedback.js";
import { keepFocus, pressedButton, setBusy } from "../../../focus.js";
import { countFrames, formatBytes, formatSeconds } from "../../../format.js";
import { gettext, interpolate, ngettext } from "../../../i18n.js";
import { isActive } from "../../../live/statuses.js";
import { makingText } from "./making-text.js";

/**
 * @import { Export, ExportFile, ExportOptions } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

/** @type {Record<string, string>} */
const RULES = {
  format: gettext("Format"),
  pixels: gettext("Size"),
  bytes: gettext("File size"),
  frames: gettext("Frames"),
  duration_ms: gettext("Length"),
  all_plays_ms: gettext("All plays"),
  fps: gettext("Frames a second"),
  delay_ms: gettext("Frame time"),
  flashes: gettext("Flashes a second"),
  loops: gettext("Plays"),
  background: gettext("Background"),
  visible: gettext("Shows"),
};

export class ExportCards extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** @type {Map<string, IdempotencyKey>} */
  #keys = new Map();
  /** @type {Set<string>} platforms whose request is on its way */
  #sending = new Set();

  /** @param {Store} store */
  attach(store) {
    this.#store = store;
    store.subscribe((topics) => {
      if (topics.has("exports") || topics.has("frames")) this.#show();
    });
    this.addEventListener("click", (event) => {
      const compared = pressedButton(event, "[data-compare]")?.closest("[data-platform]");
      if (compared instanceof HTMLElement) void this.#compare(compared);
      const stopped = pressedButton(event, "[data-stop]");
      if (stopped) void this.#stop(stopped);
      const card = pressedButton(event, "[data-make]")?.closest("[data-platform]");
      if (card instanceof HTMLElement) void this.#make(card, card.dataset.platform ?? "");
    });
    this.addEventListener("change", () => this.#show()); // with other options, a file can be made again
  }

  /** Show a platform's file in three ways, side by side. @param {HTMLElement} card */
  async #compare(card) {
    const { compareWays } = await import("./compare-ways.js");
    await compareWays(this.#store, card.dataset.platform ?? "", readOptions(this));
  }

  /** Stop making a platform's file. @param {HTMLButtonElement} button */
  async #stop(button) {
    const card = /** @type {HTMLElement} */ (button.closest("[data-platform]"));
    const row = this.#store.exports.get(card.dataset.platform ?? "");
    if (row) await runAction(errorPlace(card), (busy) => setBusy(button, busy), () => cancelJob(row.job));
  }

  /** @param {HTMLElement} card @param {string} platform */
  async #make(card, platform) {
    const idempotency = this.#keys.get(platform) ?? new IdempotencyKey();
    this.#keys.set(platform, idempotency);
    await runAction(errorPlace(card), (busy) => this.#setSending(platform, busy), async () => {
      const options = readOptions(this);
      const send = (/** @type {string} */ key) => this.#store.answered.then(() => makeExports(this.#store.project.id, [platform], key, options));
      for (const row of await idempotency.use(JSON.stringify([platform, options]), send)) this.#store.setExport(row);
    });
  }

  /** @param {string} platform @param {boolean} sending */
  #setSending(platform, sending) {
    if (sending) this.#sending.add(platform);
    else this.#sending.delete(platform);
    this.#show();
  }

  #show() {
    const hasFrames = this.#store.project.frames.some((frame) => frame.chosen);
    const options = JSON.stringify(readOptions(this));
    for (const card of this.querySelectorAll("[data-platform]")) {
      if (!(card instanceof HTMLElement)) continue;
      const platform = card.dataset.platform ?? "";
      const row = this.#store.exports.get(platform);
      const live = isActive(row) || this.#sending.has(platform);
      const button = find(card, "[data-make]", HTMLButtonElement);
      button.disabled = !hasFrames;
      setBusy(button, live);
      find(button, "[data-text]", HTMLElement).textContent = live ? makingText(this.#store.jobs.get(row?.job ?? "")) : row?.status === "succeeded" ? gettext("Make again") : gettext("Make file");
      card.dataset.status = live ? "running" : (row?.status ?? "none");
      const outdated = row?.status === "succeeded" && this.#store.isOutdated(row);
      card.classList.toggle("is-outdated", outdated);
      const state = `${row?.id} ${row?.status} ${outdated} ${row?.checks.length}`;
      if (card.dataset.shown !== state) keepFocus(card, () => report(card, row, outdated, this.#store.project.thumbnail_url), () => button);
      card.dataset.shown = state;
      const isFresh = row?.status === "succeeded" && !outdated && JSON.stringify(row.options) === options;
      keepFocus(card, () => (button.hidden = isFresh && !live), () => card.querySelector("[data-testid=download]"));
    }
  }
}

/** Read what is chosen for all files. @param {Element} root @returns {ExportOptions} */
function readOptions(root) {
  const value = (/** @type {string} */ name) => find(root, `[data-option="${name}"]`, HTMLSelectElement).value;
  const [prefer, ground, dither] = ["prefer", "ground", "dither"].map((name) => value(name) || null);
  return /** @type {ExportOptions} */ ({ prefer, ground, loops: Number(value("loops")), dither });
}

/** @param {HTMLElement} card @param {Export|undefined} row @param {boolean} outdated @param {string|null} still */
function report(card, row, outdated, still) {
  const place = find(card, "[data-report]", HTMLElement);
  const platform = find(card, "h3", HTMLElement).textContent ?? "";
  if (row?.status === "failed") {
    place.replaceChildren(make("p", { class: "problem" }, row.error || gettext("This file could not be made. Try again.")));
  } else if (row?.status === "succeeded") {
    const file = row.files[0];
    const parts = file ? [download(row, file, platform, still)] : [];
    if (outdated) parts.push(make("p", { class: "hint" }, gettext("You changed frames since. Make it again to include them.")));
    place.replaceChildren(...parts, checks(row, platform), ...(row.steps ?? []).map((step) => make("p", { class: "hint" }, step)));
    if (row.limited_by) place.append(make("button", { type: "button", class: "button small", "data-compare": "" }, gettext("Compare three ways")));
  } else if (isActive(row)) {
    place.replaceChildren(underWay(row, platform));
  } else {
    place.replaceChildren();
  }
}

/** @param {Export|undefined} row @param {string} platform */
function underWay(row, platform) {
  const text = row?.status === "queued" ? gettext("It waits for its turn.") : gettext("Fitting it to the rules…");
  const stop = make("button", { type: "button", class: "button small", "data-stop": "" }, gettext("Stop"), visuallyHidden(interpolate(gettext(" the file for %(platform)s"), { platform })));
  return make("div", { class: "under-way" }, make("p", { class: "hint" }, text), stop, make("progress", { "aria-label": text }));
}

/** @param {Export} row @param {ExportFile} file @param {string} platform @param {string|null} still */
function download({ id }, file, platform, still) {
  const about = [`${file.width}×${file.height}`, countFrames(file.frames), formatSeconds(file.duration_ms)].join(" · ");
  const link = make("a", { href: file.url, download: file.name, class: "button primary small", "data-testid": "download" },
    interpolate(gettext("Download %(size)s"), { size: formatBytes(file.bytes) }), visuallyHidden(interpolate(gettext(" for %(platform)s"), { platform })));
  const [buttons, said] = [make("div", { class: "actions" }, link), make("p", { class: "hint" })];
  const shown = make("div", { class: "download" }, make("div", {}, buttons, make("p", { class: "hint" }, about), said));
  void Promise.all([import("./file-picture.js"), import("./take-file.js")]).then(([{ filePicture }, { letDrag, takeMenu }]) => {
    shown.prepend(...filePicture(file, still));
    letDrag(shown, file);
    buttons.append(takeMenu({ file, id, platform }, said));
  });
  return shown;
}

/** Name the platform to screen readers, which meet many buttons of the same name. @param {string} text */
const visuallyHidden = (text) => make("span", { class: "visually-hidden" }, text);

/** @param {Export} row @param {string} platform */
function checks(row, platform) {
  const broken = row.checks.filter((check) => !check.ok).length;
  const summary = broken
    ? interpolate(ngettext("%(count)s rule not met", "%(count)s rules not met", broken), { count: broken })
    : interpolate(ngettext("All %(count)s rule met", "All %(count)s rules met", row.checks.length), { count: row.checks.length });
  const items = row.checks.map((check) =>
    make("li", { class: check.ok ? "ok" : "broken" },
      make("span", {}, RULES[check.rule] ?? check.rule),
      make("span", {}, `${amount(check.rule, check.actual)}`),
      make("span", { class: "limit" }, check.limit === check.actual ? "" : interpolate(gettext("limit %(value)s"), { value: amount(check.rule, check.limit) }))));
  const details = make("details", { class: broken ? "report broken" : "report" }, make("summary", {}, summary, visuallyHidden(interpolate(gettext(" by the file for %(platform)s"), { platform }))), make("ul", {}, ...items), make("a", { href: row.report_url, download: "" }, gettext("Report as JSON")));
  details.open = broken > 0;
  return details;
}

/** @param {string} rule @param {unknown} value */
function amount(rule, value) {
  if (typeof value !== "number") return String(value);
  if (rule === "bytes") return formatBytes(value);
  return rule.endsWith("_ms") ? formatSeconds(value) : String(value);
}

customElements.define("export-cards", ExportCards);
