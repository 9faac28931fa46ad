/** Show one emoji of a set: its loop as far as it is made, how it is, and what can be done about it. */

import { generate, getProject, IdempotencyKey } from "../../api.js";
import { BitmapCache, drawBitmap, unlessPlain } from "../../bitmaps.js";
import { errorPlace, find, onceInSight, showImage } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { FinishedLoop } from "../../finish/finished-loop.js";
import { setBusy } from "../../focus.js";
import { STATUS_TEXTS } from "../../format.js";
import { gettext, interpolate } from "../../i18n.js";
import { chosenCandidate } from "../../live/statuses.js";
import { momentsOf, Playback } from "../../playback.js";

/**
 * @import { CardSetup } from "../../finish/finished-loop.js"
 * @import { Project } from "../../schema.js"
 */

export class SetCard extends HTMLElement {
  #playback = new Playback();
  #bitmaps = new BitmapCache();
  #finished = new FinishedLoop(this.#bitmaps, this.#playback);
  #draw = () => {};
  /** The emoji that is shown. @type {Project|null} */
  #project = null;
  /** The revision whose frames are shown. */
  #revision = -1;
  #isInSight = false;
  #key = new IdempotencyKey();
  /** Called when it is made again. */
  onRetry = () => {};

  /** Set up a card that was just made of its template. */
  start() {
    const canvas = find(this, "canvas", HTMLCanvasElement);
    this.#draw = () => {
      const bitmap = this.#playback.moment && this.#bitmaps.get(this.#playback.moment.url);
      if (!bitmap) return;
      drawBitmap(canvas, bitmap);
      this.classList.add("is-drawn");
    };
    this.#playback.subscribe(this.#draw);
    this.#bitmaps.onLoad = this.#draw;
    find(this, "[data-retry]", HTMLButtonElement).addEventListener("click", (event) => this.#retry(/** @type {HTMLButtonElement} */ (event.currentTarget)));
    onceInSight(this, () => {
      this.#isInSight = true;
      void this.#load();
    });
  }

  /** @param {Project} project @param {boolean} isCover */
  show(project, isCover) {
    this.#project = project;
    this.dataset.project = project.id;
    this.dataset.status = project.status;
    this.classList.toggle("pixel-art", project.pixel_art);
    const link = find(this, "a.name", HTMLAnchorElement);
    link.href = `/emojis/${project.id}/`;
    link.textContent = project.name;
    showImage(find(this, "img", HTMLImageElement), project.thumbnail_url);
    find(this, "[data-status-text]", HTMLElement).textContent = statusText(project);
    const bar = find(this, "progress", HTMLProgressElement);
    bar.classList.toggle("invisible", project.status !== "working");
    bar.value = project.progress.total ? project.progress.done / project.progress.total : 0;
    find(this, "[data-retry]", HTMLElement).hidden = !["draft", "failed", "cancelled"].includes(project.status);
    find(this, "[data-mend]", HTMLElement).hidden = project.status !== "partial";
    find(this, "[data-mend]", HTMLAnchorElement).href = link.href;
    find(this, "[data-cover-mark]", HTMLElement).hidden = !isCover;
    for (const named of this.querySelectorAll("[data-named]")) named.textContent = project.name;
    void this.#load();
  }

  /** Load the frames that are made, if there are others than those that are shown. */
  async #load() {
    const project = this.#project;
    if (!project || !this.#isInSight) return;
    void this.#showFinish(project);
    if (project.revision === this.#revision || !project.progress.done) return;
    this.#revision = project.revision;
    try {
      const { frames } = await getProject(project.id);
      const moments = momentsOf(frames, (frame) => chosenCandidate(frame)?.preview_url);
      this.#bitmaps.retain(moments.map(({ url }) => url));
      this.#playback.set(moments);
    } catch {
      this.#revision = -1; // the still picture stays; the next change tries again
    }
  }

  /** @param {Project} project */
  async #showFinish({ finish }) {
    /** @type {CardSetup} */
    const setup = JSON.parse(this.dataset.setup ?? "");
    await this.#finished.show(unlessPlain(finish, setup.plain), setup);
    this.#draw();
  }

  /** @param {HTMLButtonElement} button */
  async #retry(button) {
    const { id } = /** @type {Project} */ (this.#project);
    const isSent = await runAction(errorPlace(this), (busy) => setBusy(button, busy), () => this.#key.use(id, (key) => generate(id, {}, key)));
    if (isSent) this.onRetry();
  }
}

/** @param {Project} project */
function statusText({ status, progress, motion }) {
  if (status !== "working") return STATUS_TEXTS[status] ?? motion.understood_as;
  if (!progress.done) return gettext("Waiting…");
  return interpolate(gettext("%(done)s of %(total)s frames"), progress);
}

customElements.define("set-card", SetCard);
