/** Say in one line what is going on, and offer to cancel it or to try again. The line never changes its height. */

import { cancelJob, generate, IdempotencyKey } from "../../api.js";
import { errorPlace, find } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { isEnabled, keepFocus, setBusy } from "../../focus.js";
import { aboutTime, capitalize, countFrames, formatSeconds } from "../../format.js";
import { gettext, interpolate, ngettext } from "../../i18n.js";
import { isActive, isFinal, isMaking, wasCancelled } from "../../live/statuses.js";

/**
 * @import { Job, ProjectDetail } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 */

const NOTICE_DELAY_MS = 1000;
const BACK_ONLINE_MS = 2500;
const TICK_MS = 5000;
/** @type {Record<Store["connection"], string>} */
const CONNECTION = {
  connecting: "",
  open: "",
  lost: gettext("Reconnecting…"),
  polling: gettext("No live connection. Checking every few seconds."),
  "signed-out": gettext("You were signed out. Reload to sign in."),
  gone: "",
};

export class StatusLine extends HTMLElement {
  #announced = "";
  #timer = 0;
  #gpu = "";

  /** @param {Store} store */
  attach(store) {
    const cancel = find(this, "[data-cancel]", HTMLButtonElement);
    const retry = find(this, "[data-retry]", HTMLButtonElement);
    const key = new IdempotencyKey();
    store.subscribe((topics) => {
      if (topics.has("project") || topics.has("frames")) this.#show(store);
      if (topics.has("connection")) this.#connection(store.connection);
    });
    store.once(({ project }) => isMaking(project), () => this.#followGpu(store));
    setInterval(() => isActive(store.project.job) && this.#show(store), TICK_MS); // the time that is left
    cancel.addEventListener("click", () => this.#run(cancel, async () => {
      const job = store.project.job;
      if (job) store.setJob(await cancelJob(job.id));
    }));
    retry.addEventListener("click", () => this.#run(retry, async () => {
      store.setJob(await key.use("retry", (value) => generate(store.project.id, {}, value)));
    }));
  }

  /** Say how the GPU is while somebody waits for it. @param {Store} store */
  async #followGpu(store) {
    const { GpuStatus } = await import("../../live/gpu-status.js");
    const status = new GpuStatus((text) => {
      this.#gpu = text;
      this.#show(store);
    });
    store.subscribe((topics) => {
      if (topics.has("project") || topics.has("frames")) status.update(isMaking(store.project), progressKey(store.project));
    });
  }

  /** @param {HTMLButtonElement} button @param {() => Promise<void>} action */
  #run(button, action) {
    if (isEnabled(button)) void runAction(errorPlace(this), (busy) => setBusy(button, busy), action);
  }

  /** @param {Store} store */
  #show({ project, waitingSince }) {
    const job = project.job;
    const live = isActive(job);
    this.dataset.status = project.status;
    find(this, "[data-text]", HTMLElement).textContent = waitingSince ? waitingText(waitingSince) : this.#gpu || statusText(project);
    find(this, "[data-cost]", HTMLElement).textContent = live ? timeText(job) : costText(job);
    const canRetry = ["failed", "cancelled", "draft"].includes(project.status) || (project.status === "partial" && job?.status === "failed");
    const [cancel, retry] = [find(this, "[data-cancel]", HTMLButtonElement), find(this, "[data-retry]", HTMLButtonElement)];
    const change = () => {
      cancel.hidden = !live;
      retry.hidden = !canRetry;
    };
    keepFocus(this, change, () => [cancel, retry].find((button) => !button.hidden) ?? this);
    const bar = find(this, "progress", HTMLProgressElement);
    const share = job?.total ? job.done / job.total : 0;
    bar.value = live ? Math.max(0.02, share) : 1;
    bar.classList.toggle("invisible", !live);
    this.#announce(waitingSince ? waitingText(waitingSince) : this.#gpu, project, live ? share : 1);
  }

  /** Announce to screen readers each quarter and the end, not every frame. @param {string} gpu @param {ProjectDetail} project @param {number} share */
  #announce(gpu, project, share) {
    const quarter = Math.floor(share * 4);
    const text = gpu ? gpu : project.status === "working" ? interpolate(gettext("Drawing, %(percent)s percent"), { percent: quarter * 25 }) : statusText(project);
    if (text === this.#announced) return;
    this.#announced = text;
    find(this, "[data-live]", HTMLElement).textContent = text;
  }

  /** Show that the connection is lost only after a second, and for a moment that it is back. @param {Store["connection"]} connection */
  #connection(connection) {
    const notice = find(this, "[data-connection]", HTMLElement);
    notice.dataset.state = connection;
    clearTimeout(this.#timer);
    if (connection === "lost" && !notice.textContent) {
      this.#timer = window.setTimeout(() => (notice.textContent = CONNECTION.lost), NOTICE_DELAY_MS);
    } else if (connection === "open" && notice.textContent) {
      notice.textContent = gettext("Back online");
      this.#timer = window.setTimeout(() => (notice.textContent = ""), BACK_ONLINE_MS);
    } else {
      notice.textContent = CONNECTION[connection];
    }
  }
}

/** Get a text that changes whenever a frame arrives. @param {ProjectDetail} project */
function progressKey({ job, frames }) {
  return `${job?.id} ${frames.flatMap((frame) => frame.candidates.filter(isFinal)).length}`;
}

/** @param {ProjectDetail} project */
function statusText(project) {
  const isClip = project.generator === "clip";
  const { job, progress, status } = project;
  const failed = project.frames.filter((frame) => frame.status === "failed" && !wasCancelled(frame)).length;
  const retrying = project.frames.filter((frame) => frame.status === "working").length;
  if (status === "draft") return gettext("Nothing drawn yet");
  if (status === "working" && job?.status === "queued") return gettext("Waiting for a free worker…");
  if (status === "working" && !job?.done) return isClip ? gettext("Cutting out the frames…") : gettext("Cutting out your picture…");
  if (status === "working") {
    const text = isClip ? gettext("Cutting out… %(done)s of %(total)s") : gettext("Drawing… %(done)s of %(total)s");
    return interpolate(text, { done: job?.done ?? 0, total: job?.total ?? 0 });
  }
  if (status === "failed") return job?.error || gettext("This did not work. Try again, or choose another motion.");
  if (status === "cancelled") return interpolate(gettext("Stopped after %(frames)s"), { frames: countFrames(progress.done) });
  if (retrying) return interpolate(isClip ? gettext("Cutting out %(frames)s…") : gettext("Redrawing %(frames)s…"), { frames: countFrames(retrying) });
  if (failed) return interpolate(gettext("%(frames)s failed. The reasons are below the frames."), { frames: countFrames(failed) });
  return interpolate(gettext("Ready · %(frames)s"), { frames: countFrames(project.frames.length) });
}

/** Say how long a job still takes, or that it takes longer than usual; "" where nobody knows. @param {Job|null} job */
function timeText(job) {
  if (!job?.started_at || !job.estimate_ms) return "";
  const elapsed = Math.max(0, Date.now() - Date.parse(job.started_at));
  if (elapsed > 2 * job.estimate_ms) return gettext("Longer than usual");
  const left = job.done ? (elapsed * (job.total - job.done)) / job.done : job.estimate_ms - elapsed;
  return left > 0 ? capitalize(interpolate(gettext("%(time)s left"), { time: aboutTime(left) })) : "";
}

/** @param {string} since */
function waitingText(since) {
  const time = new Date(since).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  return interpolate(gettext("Waiting for the GPU since %(time)s. It goes on by itself."), { time });
}

/** @param {Job|null} job */
function costText(job) {
  if (!job?.finished_at || !job.started_at) return "";
  const time = formatSeconds(Date.parse(job.finished_at) - Date.parse(job.started_at));
  const parts = [interpolate(job.status === "succeeded" ? gettext("Made in %(time)s") : gettext("Ended after %(time)s"), { time })];
  const { calls, execution_ms } = job.gpu;
  if (calls) parts.push(interpolate(ngettext("GPU %(count)s call, %(time)s", "GPU %(count)s calls, %(time)s", calls), { count: calls, time: formatSeconds(execution_ms) }));
  if (job.gpu.cost_usd) parts.push(`$${job.gpu.cost_usd.toFixed(4)}`);
  return parts.join(" · ");
}

customElements.define("status-line", StatusLine);
