/** Show the emoji in chats, light, dark and on a wallpaper, at the sizes of the platform that is looked at. */

import { drawBitmap } from "../../bitmaps.js";
import { find, onceInSight } from "../../dom.js";

/**
 * @import { Playback } from "../../playback.js"
 * @import { BitmapCache } from "../../bitmaps.js"
 * @import { Store } from "../../live/store.js"
 * @import { Timeline } from "../../timeline/timeline.js"
 */

/** The frames come first: the file is for who goes on looking. */
const FILE_DELAY_MS = 1500;

export class ChatPreview extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** What is drawn now, and what it is. */
  #shown = "";
  /** What is shown in place of the frames. @type {"frames"|"file"|"video"|"still"} */
  #mode = "frames";
  #draw = () => {};
  /** End the video that plays. */
  #stop = () => {};

  /** @param {Store} store @param {Playback} playback @param {BitmapCache} bitmaps @param {Timeline} timeline */
  attach(store, playback, bitmaps, timeline) {
    this.#store = store;
    this.#draw = () => {
      const url = playback.moment?.url ?? "";
      const bitmap = url ? bitmaps.get(url) : null;
      const key = `${url} ${bitmaps.version}`;
      if (this.#mode !== "frames" || this.#shown === key || (url && !bitmap)) return;
      this.#shown = key;
      for (const canvas of this.#canvases) drawBitmap(canvas, bitmap);
    };
    const choice = find(this, "select[data-platform]", HTMLSelectElement);
    choice.addEventListener("change", () => store.setPlatform(choice.value));
    store.subscribe((topics) => topics.has("platform") && this.#fit(choice));
    playback.subscribe(() => this.#draw());
    onceInSight(this, () => this.#loadFile(bitmaps, timeline), "0px");
  }

  /** Load what plays the file, once the frames are there. @param {BitmapCache} bitmaps @param {Timeline} timeline */
  #loadFile(bitmaps, timeline) {
    setTimeout(async () => {
      if (bitmaps.isLoading) return this.#loadFile(bitmaps, timeline);
      const { FilePreview } = await import("./chats/file-preview.js");
      new FilePreview(this, this.#store, timeline);
    }, FILE_DELAY_MS);
  }

  /** Show the frames as they are on this page. */
  showFrames() {
    this.#switch("frames");
  }

  /** Play a file that is loaded. @param {HTMLImageElement} picture */
  play(picture) {
    for (const image of this.#images) image.src = picture.getAttribute("src") ?? "";
    this.#switch("file");
  }

  /** Play a video that is loaded: it is decoded once for all sizes. @param {HTMLVideoElement} video */
  playVideo(video) {
    this.#switch("video");
    let next = 0;
    const draw = () => {
      for (const canvas of this.#canvases) drawBitmap(canvas, video);
      next = requestAnimationFrame(draw);
    };
    draw();
    video.play().catch(() => {}); // refused or stopped: the first frame stays
    this.#stop = () => {
      cancelAnimationFrame(next);
      video.pause();
    };
  }

  /** Show one picture that does not move. @param {HTMLCanvasElement} still */
  showStill(still) {
    this.#switch("still");
    for (const canvas of this.#canvases) drawBitmap(canvas, still);
  }

  get #images() {
    return this.querySelectorAll(/** @type {"img"} */ (".emoji img"));
  }

  get #canvases() {
    return this.querySelectorAll(/** @type {"canvas"} */ (".emoji:not([hidden]) canvas"));
  }

  /** @param {"frames"|"file"|"video"|"still"} mode */
  #switch(mode) {
    this.#stop();
    this.#mode = mode;
    for (const emoji of this.querySelectorAll(".emoji")) emoji.classList.toggle("plays", mode === "file");
    for (const image of this.#images) image.hidden = mode !== "file";
    this.#redraw();
  }

  #redraw() {
    this.#shown = "-";
    this.#draw();
  }

  /** Show each emoji as large as the platform does, and beside them the sizes of others. @param {HTMLSelectElement} choice */
  #fit(choice) {
    choice.value = this.#store.platform;
    const roles = choice.selectedOptions[0]?.dataset.shownPx?.split(" ") ?? [];
    const density = Math.min(3, Math.max(1, devicePixelRatio));
    for (const emoji of this.querySelectorAll(".emoji")) {
      if (!(emoji instanceof HTMLElement)) continue;
      const role = emoji.dataset.role;
      if (role !== undefined) emoji.dataset.size = roles[Number(role)] ?? "20";
      else emoji.hidden = roles.includes(emoji.dataset.size ?? "");
      const canvas = find(emoji, "canvas", HTMLCanvasElement);
      canvas.width = canvas.height = Math.round(Number(emoji.dataset.size) * density);
    }
    this.#redraw();
  }
}

customElements.define("chat-preview", ChatPreview);
