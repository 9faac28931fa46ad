/** Play an emoji in the grid while it is hovered or focused, and rename it in place. */

import { editProject, getProject } from "../../api.js";
import { BitmapCache, drawBitmap } from "../../bitmaps.js";
import { errorPlace, find, onceInSight, prefersReducedMotion } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { FinishedLoop } from "../../finish/finished-loop.js";
import { chosenCandidate } from "../../live/statuses.js";
import { momentsOf, Playback } from "../../playback.js";

export class EmojiCard extends HTMLElement {
  #playback = new Playback();
  #bitmaps = new BitmapCache();
  #isActive = false;
  #loaded = false;
  #isSetUp = false;
  /** Draws the still with the finish, where there is one. */
  #drawStill = () => {};

  connectedCallback() {
    if (this.#isSetUp) return; // it was put back into the list
    this.#isSetUp = true;
    this.#renameInPlace();
    const canvas = this.querySelector("canvas");
    if (canvas && this.dataset.finish) onceInSight(this, () => this.#showFinish(canvas));
    if (!canvas || prefersReducedMotion()) return;
    this.#playback.playing = false;
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => this.#play());
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.#stop());
    this.#playback.subscribe(() => {
      const moment = this.#playback.moment;
      const bitmap = moment && this.#bitmaps.get(moment.url);
      if (!bitmap || !this.#isActive) return;
      drawBitmap(canvas, bitmap);
      this.classList.add("is-moving");
    });
  }

  /** Show the still and the loop as files show them. @param {HTMLCanvasElement} canvas */
  async #showFinish(canvas) {
    /** @type {{finish: import("../../schema.js").Finish, canvas: import("../../finish/placing.js").SizeRule, font: string}} */
    const setup = JSON.parse(this.dataset.finish ?? "");
    const still = find(this, "img", HTMLImageElement).getAttribute("src") ?? "";
    await new FinishedLoop(this.#bitmaps, this.#playback).show(setup.finish, setup);
    this.#drawStill = () => {
      const bitmap = !this.#isActive && this.#bitmaps.get(still);
      if (!bitmap) return;
      drawBitmap(canvas, bitmap);
      this.classList.add("has-finish");
    };
    this.#bitmaps.onLoad = this.#drawStill;
    if (!this.#loaded) this.#bitmaps.retain([still]);
  }

  #renameInPlace() {
    const form = find(this, "form.rename", HTMLFormElement);
    const field = find(form, "input", HTMLInputElement);
    const name = find(this, "[data-name]", HTMLElement);
    const open = () => {
      this.querySelector("details")?.removeAttribute("open");
      field.value = name.textContent ?? "";
      errorPlace(form).textContent = "";
      form.hidden = false;
      field.select();
      field.focus();
    };
    const close = () => {
      form.hidden = true;
      this.querySelector("summary")?.focus();
    };
    const save = async () => {
      const text = field.value.trim();
      if (text && text !== name.textContent) name.textContent = (await editProject(this.dataset.project ?? "", { name: text })).name;
      close();
    };
    const send = () => !field.readOnly && void runAction(errorPlace(form), (busy) => (field.readOnly = busy), save);
    find(this, "[data-rename]", HTMLButtonElement).addEventListener("click", open);
    this.addEventListener("keydown", (event) => {
      if (event.key === "F2") open();
      if (event.key === "Escape" && !form.hidden) close();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
    field.addEventListener("change", () => form.hidden || send()); // left with Tab or a click
  }

  async #play() {
    this.#isActive = true;
    if (!this.#loaded) await this.#load();
    if (this.#isActive && !this.#playback.playing) this.#playback.toggle();
  }

  #stop() {
    if (this.matches(":hover, :focus-within")) return;
    this.#isActive = false;
    this.classList.remove("is-moving");
    this.#drawStill();
    if (this.#playback.playing) this.#playback.toggle();
  }

  async #load() {
    this.#loaded = true;
    try {
      const project = await getProject(this.dataset.project ?? "");
      const moments = momentsOf(project.frames, (frame) => chosenCandidate(frame)?.preview_url);
      this.#bitmaps.retain(moments.map((moment) => moment.url));
      this.#playback.set(moments);
    } catch {
      this.#loaded = false; // the still picture stays; the next hover tries again
    }
  }
}

customElements.define("emoji-card", EmojiCard);
