/** Where the picture or clip comes from: dropped, pasted, chosen, or one of ours. */

import { readClip } from "../../clips/read-clip.js";
import { find } from "../../dom.js";
import { errorMessage } from "../../feedback.js";

/** @import { Clip } from "../../clips/read-clip.js" */

const MOST_BYTES = 20_000_000;
const PICTURES = /^image\/(png|apng|jpeg|webp|gif|heic|heif|avif|avis)$/;
const MAY_MOVE = /^image\/(png|apng|webp|gif|avif|avis)$/;
const VIDEOS = /^video\/(mp4|webm|quicktime)$/;
const NAMED = /\.(hei[cf]s?|avifs?)$/i;
const MOVIE = /\.(mp4|m4v|webm|mov)$/i;
const METADATA_MS = 5000;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class PictureDrop extends HTMLElement {
  /** @type {File|null} */
  file = null;
  /** What moves in the file; known once `ready` is. @type {Clip|null} */
  clip = null;
  /** @type {Promise<void>} */
  ready = Promise.resolve();
  #shown = "";
  /** The part that is played, in ms. */
  #part = { start: 0, end: Infinity };

  connectedCallback() {
    const input = find(this, "input[type=file]", HTMLInputElement);
    input.addEventListener("change", () => this.#take(input.files?.[0]));
    addEventListener("paste", (event) => {
      const file = event.clipboardData?.files[0];
      if (file) this.#take(file);
    });
    // The whole window takes the drop, so that a near miss does not leave the page for the picture.
    addEventListener("dragover", (event) => {
      event.preventDefault();
      this.classList.add("is-over");
    });
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) this.classList.remove("is-over");
    });
    addEventListener("drop", (event) => {
      event.preventDefault();
      this.classList.remove("is-over");
      this.#take(event.dataTransfer?.files[0]);
    });
    for (const button of this.querySelectorAll("[data-sample]")) {
      button.addEventListener("click", () => this.#sample(/** @type {HTMLElement} */ (button)));
    }
    this.#video.addEventListener("timeupdate", () => this.#loop());
    this.#video.addEventListener("ended", () => this.#loop());
  }

  get #video() {
    return find(this, "video", HTMLVideoElement);
  }

  /** @param {string} words */
  showError(words) {
    find(this, "[data-error]", HTMLElement).textContent = words;
  }

  /** Play this part only, in ms. @param {number} start @param {number} end */
  play(start, end) {
    this.#part = { start, end };
    const video = this.#video;
    if (video.hidden || STILL.matches) return;
    video.currentTime = start / 1000;
    void video.play().catch(() => {}); // a newer wish, or a browser that will not: the picture stands still
  }

  /** Stand still at this moment. @param {number} ms */
  scrub(ms) {
    const video = this.#video;
    if (video.hidden) return;
    video.pause();
    video.currentTime = ms / 1000;
  }

  #loop() {
    const video = this.#video;
    const over = video.ended || video.currentTime * 1000 >= this.#part.end;
    if (over && (video.ended || !video.paused)) this.play(this.#part.start, this.#part.end);
  }

  /** @param {File|undefined} file */
  #take(file) {
    if (!file) return;
    const isVideo = VIDEOS.test(file.type) || MOVIE.test(file.name);
    if (!isVideo && !PICTURES.test(file.type) && !NAMED.test(file.name)) {
      return this.showError(`${file.name} is no picture or clip that we can read. Use ${this.dataset.formats}.`);
    }
    if (file.size > MOST_BYTES) {
      return this.showError(`${file.name} has ${(file.size / 1e6).toFixed(0)} MB. Files up to 20 MB can be used.`);
    }
    this.showError("");
    this.file = file;
    this.clip = null;
    this.#part = { start: 0, end: Infinity };
    find(this, "[data-name]", HTMLElement).textContent = file.name;
    this.classList.add("has-picture");
    this.ready = this.#look(file, isVideo);
  }

  /** Show it and find out whether it moves. @param {File} file @param {boolean} isVideo */
  async #look(file, isVideo) {
    const [picture, video] = [find(this, "[data-preview]", HTMLImageElement), this.#video];
    URL.revokeObjectURL(this.#shown);
    this.#shown = URL.createObjectURL(file);
    this.classList.remove("has-no-preview");
    picture.hidden = isVideo;
    video.hidden = !isVideo;
    video.removeAttribute("src");
    if (!isVideo) void this.#picture(picture, file.type);
    const looking = isVideo ? this.#watch(video) : MAY_MOVE.test(file.type) || NAMED.test(file.name) ? readClip(file) : Promise.resolve(null);
    const clip = await looking.catch(() => null);
    if (file !== this.file) return; // another one was chosen meanwhile
    this.clip = clip;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {HTMLImageElement} picture @param {string} type */
  async #picture(picture, type) {
    const url = this.#shown;
    picture.onerror = () => {
      if (url === this.#shown) this.#unseen(picture); // HEIC: few browsers can show it, we can read it
    };
    picture.src = url;
    if (!STILL.matches || !MAY_MOVE.test(type)) return;
    // Who asked for less motion sees the first frame.
    await picture.decode().catch(() => {});
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
    canvas.getContext("2d")?.drawImage(picture, 0, 0);
    if (url === this.#shown && canvas.width) picture.src = canvas.toDataURL();
  }

  /** What this browser cannot show is still there, and taken: the place says so. @param {HTMLElement} preview */
  #unseen(preview) {
    preview.hidden = true;
    this.classList.add("has-no-preview");
  }

  /** Its length by its metadata; a browser that cannot play it knows nothing. @param {HTMLVideoElement} video */
  async #watch(video) {
    const metadata = new Promise((resolve) => {
      video.onloadedmetadata = () => resolve(video.duration);
      video.onerror = () => resolve(NaN);
      setTimeout(() => resolve(NaN), METADATA_MS);
    });
    video.src = this.#shown;
    const seconds = Number(await metadata);
    if (video.error || !video.videoWidth) this.#unseen(video);
    else if (STILL.matches) video.currentTime = 0;
    else void video.play().catch(() => {});
    // Recordings of a browser's own say "for ever" until they were played to their end.
    const duration = Number.isFinite(seconds) ? Math.floor(seconds * 1000) : null;
    return { duration, times: null, frames: null };
  }

  /** @param {HTMLElement} button */
  async #sample(button) {
    const url = button.dataset.sample ?? "";
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
      if (!response.ok) throw new Error("The sample could not be loaded. Try again.");
      const name = `${button.dataset.name ?? "sample"}.jpg`;
      this.#take(new File([await response.blob()], name, { type: "image/jpeg" }));
    } catch (error) {
      this.showError(errorMessage(error));
    }
  }
}

customElements.define("picture-drop", PictureDrop);
