/** Have the file of the platform made that is looked at, and play it in the chats while it shows the frames as they are. */

import { ApiError, previewFile } from "../../../api.js";
import { firstFrame } from "../../../bitmaps.js";
import { errorPlace, find, prefersReducedMotion } from "../../../dom.js";
import { errorMessage } from "../../../feedback.js";
import { formatBytes } from "../../../format.js";
import { gettext, interpolate } from "../../../i18n.js";
import { isActive, isMaking } from "../../../live/statuses.js";

/**
 * @import { Export } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 * @import { Timeline } from "../../../timeline/timeline.js"
 * @import { ChatPreview } from "../chat-preview.js"
 * @import { Findings } from "./findings.js"
 */

/** After the last change: who goes on changing frames wants no file yet. */
const PAUSE_MS = 1200;
/** Between two questions after a file that is being made, while no socket tells. */
const POLL_MS = 3000;
const BUSY_MS = 8000;
const ARCHIVE = "PNG ZIP";

export class FilePreview {
  #chats;
  #store;
  /** Set once there is a file. @type {Findings|null} */
  #findings = null;
  #timeline;
  #isSeen = false;
  #timer = 0;
  /** The file that is shown or being loaded. @type {Export|null} */
  #file = null;
  #isShown = false;
  /** What the last request failed for: it is not sent again before something changes. */
  #refused = "";

  /** @param {ChatPreview} chats @param {Store} store @param {Timeline} timeline */
  constructor(chats, store, timeline) {
    this.#chats = chats;
    this.#store = store;
    this.#timeline = timeline;
    new IntersectionObserver((entries) => {
      this.#isSeen = entries.at(-1)?.isIntersecting ?? false;
      this.#plan();
    }).observe(chats);
    document.addEventListener("visibilitychange", () => this.#plan());
    store.subscribe((topics) => {
      if (["exports", "frames", "project", "platform", "connection"].some((topic) => topics.has(/** @type {any} */ (topic)))) this.#update();
    });
  }

  /** The platform's rows: what was asked for, and what was made to be looked at. */
  get #rows() {
    const { exports, previews, platform } = this.#store;
    return [exports.get(platform), previews.get(platform)].filter((row) => row !== undefined);
  }

  /** The rows that show the frames as they are. */
  get #current() {
    return this.#rows.filter((row) => !this.#store.isOutdated(row));
  }

  #update() {
    const row = (this.#isPicture && this.#current.find(({ status }) => status === "succeeded")) || null;
    if (row?.id !== this.#file?.id) {
      this.#file = row;
      this.#isShown = false;
      this.#chats.showFrames();
      if (row) void this.#show(row);
    }
    if (!row) void this.#showRefused();
    this.#say();
    this.#plan();
  }

  /** @param {Export} row */
  async #show(row) {
    const src = `${row.files[0]?.url}?inline=1`;
    const picture = await (this.#format === "WebM" ? loadVideo(src) : loadPicture(src)).catch(() => null);
    if (!picture || this.#file?.id !== row.id) return; // the frames stay
    this.#isShown = true;
    const still = firstFrame(picture);
    if (prefersReducedMotion()) this.#chats.showStill(still);
    else if (picture instanceof HTMLVideoElement) this.#chats.playVideo(picture);
    else this.#chats.play(picture);
    this.#say();
    (await this.#loadFindings()).show(row, still);
  }

  /** Say what is wrong with a file that was refused, if it was measured. */
  async #showRefused() {
    const row = this.#current.find(({ status, appearance }) => status === "failed" && appearance);
    if (row) (await this.#loadFindings()).show(row, null);
  }

  async #loadFindings() {
    const { Findings } = await import("./findings.js");
    return (this.#findings ??= new Findings(this.#chats, this.#store, this.#timeline));
  }

  #say() {
    const wasMade = this.#rows.some(({ status }) => status === "succeeded");
    find(this.#chats, "[data-said]", HTMLElement).textContent = this.#text(wasMade);
    this.#chats.dataset.state = this.#isShown ? "file" : wasMade && !this.#file ? "outdated" : "frames";
  }

  /** @param {boolean} wasMade */
  #text(wasMade) {
    const failed = this.#current.find(({ status }) => status === "failed");
    const size = this.#file?.files[0]?.bytes;
    if (!this.#isPicture) return gettext("Your frames: the file is a ZIP of them.");
    if (size && this.#isShown) return interpolate(gettext("The file itself, %(size)s."), { size: formatBytes(size) });
    if (failed) return failed.error;
    if (this.#refused === this.#key) return "";
    if (wasMade && !this.#file) return gettext("Your frames: the file is from before your last change and is made again.");
    return this.#hasFrames ? gettext("Your frames. The file follows.") : "";
  }

  get #format() {
    return find(this.#chats, "select[data-platform]", HTMLSelectElement).selectedOptions[0]?.dataset.format ?? "";
  }

  get #isPicture() {
    return this.#format !== ARCHIVE;
  }

  get #hasFrames() {
    const { project } = this.#store;
    return !isMaking(project) && project.frames.some((frame) => frame.chosen);
  }

  /** What a file would be made of. */
  get #key() {
    const { project, platform } = this.#store;
    return JSON.stringify([platform, project.finish, project.frames.map((frame) => [frame.chosen, frame.delay_ms])]);
  }

  /** Ask for the file after a pause, while somebody looks and none is there or being made. */
  #plan(pause = PAUSE_MS) {
    clearTimeout(this.#timer);
    const { connection } = this.#store;
    if (!this.#isSeen || document.hidden || connection === "gone" || connection === "signed-out" || !this.#hasFrames || !this.#isPicture) return;
    const current = this.#current.find((row) => row.status !== "cancelled");
    const isAwaited = isActive(current) && connection === "open";
    if (this.#refused === this.#key || isAwaited || (current && !isActive(current))) return;
    this.#timer = window.setTimeout(() => this.#ask(), current ? POLL_MS : pause);
  }

  async #ask() {
    const key = this.#key;
    errorPlace(this.#chats).textContent = "";
    try {
      this.#store.setExport(await previewFile(this.#store.project.id, this.#store.platform));
    } catch (error) {
      if (error instanceof ApiError && error.status === 429) return this.#plan(BUSY_MS);
      this.#refused = key;
      errorPlace(this.#chats).textContent = errorMessage(error);
      this.#say();
    }
  }
}

/** @param {string} src @returns {Promise<HTMLImageElement>} */
async function loadPicture(src) {
  const picture = new Image();
  picture.src = src;
  await picture.decode();
  return picture;
}

/** Load a video up to its first frame. @param {string} src @returns {Promise<HTMLVideoElement>} */
async function loadVideo(src) {
  const video = document.createElement("video");
  [video.muted, video.loop, video.playsInline, video.src] = [true, true, true, src];
  await new Promise((resolve, reject) => {
    video.addEventListener("loadeddata", resolve, { once: true });
    video.addEventListener("error", reject, { once: true });
  });
  [video.width, video.height] = [video.videoWidth, video.videoHeight];
  return video;
}
