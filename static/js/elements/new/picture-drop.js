/** Take a picture or clip that is dropped, pasted or chosen, or a sample. */

import { firstFrame } from "../../bitmaps.js";
import { readClip } from "../../clips/read-clip.js";
import { errorPlace, find, prefersReducedMotion } from "../../dom.js";
import { errorMessage } from "../../feedback.js";
import { gettext, interpolate } from "../../i18n.js";

/** @import { Clip } from "../../clips/read-clip.js" */

const VIDEO_NAME = /\.(mp4|m4v|webm|mov)$/i;
const METADATA_MS = 5000;
const SAMPLE_MS = 20_000;

export class PictureDrop extends HTMLElement {
  /** @type {File|null} */
  file = null;
  /** What the file holds of a clip, once `ready` is resolved. @type {Clip|null} */
  clip = null;
  /** @type {Promise<void>} */
  ready = Promise.resolve();
  /** While it is true, nothing else is taken: what is shown is what is sent. */
  isLocked = false;
  /** Counts what was chosen: a sample that comes late does not replace what was chosen after it. */
  #choices = 0;
  #shown = "";
  /** The range that is played, in ms. */
  #range = { start: 0, end: Infinity };

  connectedCallback() {
    const input = find(this, "input[type=file]", HTMLInputElement);
    input.addEventListener("change", () => this.#take(input.files?.[0]));
    // A file may have been chosen before this script was there. What waits for one begins to listen after this.
    setTimeout(() => this.#take(input.files?.[0]));
    addEventListener("paste", (event) => {
      const file = event.clipboardData?.files[0];
      if (file) this.#take(file);
    });
    // The whole window takes the drop: a near miss would make the browser open the file.
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
      button.addEventListener("click", () => {
        if (!this.isLocked) this.ready = this.#takeSample(/** @type {HTMLElement} */ (button));
      });
    }
    this.#video.addEventListener("timeupdate", () => this.#loop());
    this.#video.addEventListener("ended", () => this.#loop());
  }

  get #video() {
    return find(this, "video", HTMLVideoElement);
  }

  /** @param {string} message */
  showError(message) {
    errorPlace(this).textContent = message;
  }

  /** Show a picture that is stored already, until another one is chosen. @param {string} url @param {string} name */
  showStored(url, name) {
    const picture = find(this, "[data-preview]", HTMLImageElement);
    picture.src = url;
    picture.hidden = false;
    find(this, "[data-name]", HTMLElement).textContent = name;
    this.classList.add("has-picture");
  }

  /** Play a range of the video, in ms. @param {number} start @param {number} end */
  play(start, end) {
    this.#range = { start, end };
    const video = this.#video;
    if (video.hidden || prefersReducedMotion()) return;
    video.currentTime = start / 1000;
    void video.play().catch(() => {}); // interrupted, or not allowed: the video stands still
  }

  /** Pause the video at a moment. @param {number} ms */
  scrub(ms) {
    const video = this.#video;
    if (video.hidden) return;
    video.pause();
    video.currentTime = ms / 1000;
  }

  #loop() {
    const video = this.#video;
    const isOver = video.ended || video.currentTime * 1000 >= this.#range.end;
    if (isOver && (video.ended || !video.paused)) this.play(this.#range.start, this.#range.end);
  }

  /** @param {File|undefined} file */
  #take(file) {
    if (file && !this.isLocked) this.#check(file);
  }

  /** Show a file that can be used; of another one, say why not. @param {File} file */
  #check(file) {
    this.#choices += 1;
    const maxMegabytes = Number(this.dataset.maxMegabytes);
    if (!this.#isAccepted(file)) {
      return this.showError(interpolate(gettext("%(name)s is no picture or clip that we can read. Use %(formats)s."), { name: file.name, formats: this.dataset.formats ?? "" }));
    }
    if (file.size > maxMegabytes * 1e6) {
      const values = { name: file.name, size: (file.size / 1e6).toFixed(0), most: maxMegabytes };
      return this.showError(interpolate(gettext("%(name)s has %(size)s MB. Files up to %(most)s MB can be used."), values));
    }
    this.showError("");
    this.file = file;
    this.clip = null;
    this.#range = { start: 0, end: Infinity };
    find(this, "[data-name]", HTMLElement).textContent = file.name;
    this.classList.add("has-picture");
    this.ready = this.#show(file, file.type.startsWith("video/") || VIDEO_NAME.test(file.name));
  }

  /** Tell whether a file has a type or an ending that the file field accepts. @param {File} file */
  #isAccepted({ name, type }) {
    const accepted = find(this, "input[type=file]", HTMLInputElement).accept.split(",");
    return accepted.some((rule) => (rule.startsWith(".") ? name.toLowerCase().endsWith(rule) : type === rule));
  }

  /** Show a file, and read whether it is a clip. @param {File} file @param {boolean} isVideo */
  async #show(file, isVideo) {
    const [picture, video] = [find(this, "[data-preview]", HTMLImageElement), this.#video];
    URL.revokeObjectURL(this.#shown);
    this.#shown = URL.createObjectURL(file);
    this.classList.remove("has-no-preview");
    picture.hidden = isVideo;
    video.hidden = !isVideo;
    video.removeAttribute("src");
    if (!isVideo) void this.#showPicture(picture);
    const clip = await (isVideo ? this.#showVideo(video) : readClip(file)).catch(() => null);
    if (file !== this.file) return; // another one was chosen meanwhile
    this.clip = clip;
    this.dispatchEvent(new Event("change"));
  }

  /** Show a picture; with less motion, its first frame. @param {HTMLImageElement} picture */
  async #showPicture(picture) {
    const url = this.#shown;
    picture.onerror = () => {
      if (url === this.#shown) this.#showNoPreview(picture); // HEIC: the server reads it, few browsers show it
    };
    picture.src = url;
    if (!prefersReducedMotion()) return;
    await picture.decode().catch(() => {});
    if (url === this.#shown && picture.naturalWidth) picture.src = firstFrame(picture).toDataURL();
  }

  /** Say that this browser cannot show the file, which is taken all the same. @param {HTMLElement} preview */
  #showNoPreview(preview) {
    preview.hidden = true;
    this.classList.add("has-no-preview");
  }

  /** Play a video and read its length; a browser that cannot play it does not know that. @param {HTMLVideoElement} video */
  async #showVideo(video) {
    const metadata = new Promise((resolve) => {
      video.onloadedmetadata = () => resolve(video.duration);
      video.onerror = () => resolve(NaN);
      setTimeout(() => resolve(NaN), METADATA_MS);
    });
    video.src = this.#shown;
    const seconds = Number(await metadata);
    if (video.error || !video.videoWidth) this.#showNoPreview(video);
    else if (prefersReducedMotion()) video.currentTime = 0;
    else void video.play().catch(() => {});
    // A recording made by a browser has an infinite duration until it was played to its end.
    const duration = Number.isFinite(seconds) ? Math.floor(seconds * 1000) : null;
    return { duration, times: null, frames: null };
  }

  /** @param {HTMLElement} button */
  async #takeSample(button) {
    const url = button.dataset.sample ?? "";
    const number = (this.#choices += 1);
    this.showError("");
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(SAMPLE_MS) });
      if (!response.ok) throw new Error(gettext("The sample could not be loaded. Try again."));
      const name = `${button.dataset.name ?? "sample"}.jpg`;
      const file = new File([await response.blob()], name, { type: "image/jpeg" });
      if (number !== this.#choices) return;
      this.#check(file);
      await this.ready;
    } catch (error) {
      if (number === this.#choices) this.showError(errorMessage(error));
    }
  }
}

customElements.define("picture-drop", PictureDrop);
