/** List why frames failed: each reason once, with its frames and what can be done about them. */

import { generate, IdempotencyKey, refine, retry } from "../../../api.js";
import { errorPlace, find, make } from "../../../dom.js";
import { engineName, mattingEngines } from "../../../engines.js";
import { runAction } from "../../../feedback.js";
import { keepFocus, pressedButton, setBusy } from "../../../focus.js";
import { countFrames, frameName } from "../../../format.js";
import { gettext, interpolate } from "../../../i18n.js";
import { isEditable, wasCancelled } from "../../../live/statuses.js";
import { StudioTabs } from "../studio-tabs.js";

/**
 * @import { Candidate, Engine, EngineSlug, Frame, ProjectDetail, RefineRequest } from "../../../schema.js"
 * @import { Store } from "../../../live/store.js"
 */

export class FrameFailures extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);
  /** The frames of each reason, in order. @type {Frame[][]} */
  #groups = [];
  /** @type {Map<string, IdempotencyKey>} by the frame's id */
  #keys = new Map();
  #shown = "";
  /** The engines that can run now. @type {Engine[]} */
  #engines = [];
  #allTogether = new IdempotencyKey();

  /** @param {Store} store @param {(frame: string) => void} onGo */
  attach(store, onGo) {
    this.#store = store;
    store.subscribe((topics) => {
      if (topics.has("frames") || topics.has("project")) this.#show();
    });
    this.addEventListener("click", (event) => {
      const button = pressedButton(event);
      if (!button) return;
      const group = this.#groups[Number(button.closest("li")?.dataset.group)] ?? [];
      const frame = group.find((known) => known.id === button.dataset.frame) ?? group[0];
      if (frame && (button.dataset.frame || button.dataset.action)) onGo(frame.id);
      if (button.dataset.action) void this.#remake(group, button.dataset.action, button);
      if (frame && button.dataset.edit !== undefined) {
        onGo(frame.id);
        find(document, "edit-cutout button", HTMLButtonElement).click();
      }
    });
  }

  /** Offer the engines that can run, once it is known which do. */
  async #loadEngines() {
    const engines = await mattingEngines().catch(() => []);
    this.#engines = engines.filter(({ available }) => available);
    this.#shown = "";
    this.#show();
  }

  #show() {
    const { project } = this.#store;
    // While others still arrive, the strip alone says so: nothing below it may jump.
    const failed = project.frames.filter((frame) => frame.status === "failed" && !wasCancelled(frame));
    this.#groups = project.status === "working" ? [] : byReason(failed);
    const shown = this.#groups.map((group) => group.map((frame) => `${frame.id} ${latest(frame)?.id}`).join()).join(";");
    if (shown === this.#shown) return;
    if (this.hidden && this.#groups.length && project.generator === "clip") void this.#loadEngines();
    this.#shown = shown;
    const change = () => {
      if (this.hidden && this.#groups.length) find(document, "studio-tabs", StudioTabs).suggest("frames");
      this.hidden = this.#groups.length === 0;
      const rows = this.#groups.map((group, at) => row(project, group, at, this.#engines));
      find(this, "ul", HTMLUListElement).replaceChildren(...rows);
      errorPlace(this).textContent = "";
    };
    keepFocus(this, change, () => this.parentElement?.querySelector("[role=option][tabindex='0']"));
  }

  /** @param {Frame[]} frames @param {string} action `again`, or the engine to cut them out with @param {HTMLButtonElement} button */
  #remake(frames, action, button) {
    return runAction(errorPlace(this), (busy) => setBusy(button, busy), async () => {
      const { project } = this.#store;
      if (project.generator === "clip") await this.#rematte(frames, action);
      else if (frames.length === project.frames.length) await this.#redrawAll(project);
      else for (const frame of frames) await this.#redraw(frame);
    });
  }

  /** Cut frames of a clip out again in one request, with the engine that failed or another. @param {Frame[]} frames @param {string} action */
  async #rematte(frames, action) {
    const [first] = frames;
    const candidate = first && latest(first);
    if (!candidate) return;
    const engine = /** @type {EngineSlug} */ (action === "again" ? candidate.engine : action);
    const indices = frames.map((frame) => frame.index);
    /** @type {RefineRequest} */
    const body = { candidate: candidate.id, tool: "matte", engine, apply_to: indices.length > 1 ? indices : "frame" };
    await this.#keyOf(first).use(body, (key) => refine(this.#store.project.id, first.index, body, key));
  }

  /** Draw all frames again in one request. @param {ProjectDetail} project */
  async #redrawAll({ id }) {
    this.#store.setJob(await this.#allTogether.use(id, (key) => generate(id, {}, key)));
  }

  /** Draw a frame again with the same words. @param {Frame} frame */
  async #redraw(frame) {
    const { project } = this.#store;
    const candidate = latest(frame);
    const prompt = candidate?.prompt || project.motion.words;
    const send = (/** @type {string} */ key) => retry(project.id, frame.index, { prompt, candidates: 1 }, key);
    await this.#keyOf(frame).use(candidate?.id, send);
  }

  /** @param {Frame} frame */
  #keyOf(frame) {
    const key = this.#keys.get(frame.id) ?? new IdempotencyKey();
    this.#keys.set(frame.id, key);
    return key;
  }
}

/** @param {Frame} frame @returns {Candidate|undefined} */
const latest = (frame) => frame.candidates.at(-1);

/** @param {Frame} frame */
const reasonOf = (frame) => latest(frame)?.error || gettext("This frame could not be made.");

/** Group frames by their error and engine. @param {Frame[]} frames @returns {Frame[][]} */
function byReason(frames) {
  /** @type {Map<string, Frame[]>} */
  const groups = new Map();
  for (const frame of frames) {
    const key = `${latest(frame)?.engine} ${reasonOf(frame)}`;
    groups.set(key, [...(groups.get(key) ?? []), frame]);
  }
  return [...groups.values()];
}

/** @param {ProjectDetail} project @param {Frame[]} frames @param {number} at @param {Engine[]} engines */
function row(project, frames, at, engines) {
  const reason = frames[0] ? reasonOf(frames[0]) : "";
  const many = frames.length > 1;
  const links = frames.map((frame) => {
    const name = frameName(frame.index);
    return make("button", { type: "button", class: "link", "data-frame": frame.id, "aria-label": name }, many ? String(frame.index + 1) : name);
  });
  const list = make("span", { class: "frame-links" }, ...(many ? [`${countFrames(frames.length)}:`] : []), ...links);
  return make("li", { "data-group": String(at) }, make("p", { class: "reason" }, reason), list,
    make("span", { class: "actions" }, ...actions(project, frames, engines)));
}

/** List the ways out. @param {ProjectDetail} project @param {Frame[]} frames @param {Engine[]} engines */
function actions(project, frames, engines) {
  const [first] = frames;
  const which = first && frames.length === 1
    ? interpolate(gettext("frame %(number)s"), { number: first.index + 1 })
    : interpolate(gettext("these %(count)s frames"), { count: frames.length });
  const another = make("a", { class: "button small", href: "/new/" }, project.generator === "clip" ? gettext("Another clip") : gettext("Another picture"));
  const again = action(gettext("Try again"), interpolate(gettext("Try %(frames)s again"), { frames: which }), { "data-action": "again" });
  if (project.generator !== "clip") return [again, action(gettext("Change the motion"), gettext("Change the motion of all"), { "data-open-motion": "" }), another];
  const others = engines.filter(({ slug }) => slug !== "none" && first && slug !== latest(first)?.engine);
  const buttons = others.map(({ slug }) => action(engineName(slug), interpolate(gettext("Cut %(frames)s out with: %(engine)s"), { frames: which, engine: engineName(slug) }), { "data-action": slug }));
  if (first && latest(first)?.engine !== "none") buttons.push(action(gettext("Keep the background"), interpolate(gettext("Keep the background of %(frames)s"), { frames: which }), { "data-action": "none" }));
  if (isEditable(project, first ?? null)) buttons.push(action(gettext("Edit the cut-out"), interpolate(gettext("Edit the cut-out of %(frames)s"), { frames: which }), { "data-edit": "" }));
  return [again, ...buttons, another];
}

/** @param {string} label @param {string} name @param {Record<string, string>} data */
const action = (label, name, data) => make("button", { type: "button", class: "button small", "aria-label": name, ...data }, label);

customElements.define("frame-failures", FrameFailures);
