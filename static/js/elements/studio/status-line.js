/** What is going on, in one line that never changes its height, and what may be done about it. */

import { cancelJob, generate, IdempotencyKey } from "../../api.js";
import { isAble, keepFocus, setBusy } from "../../focus.js";
import { GpuStatus } from "../../live/gpu-status.js";
import { find } from "../../dom.js";
import { errorMessage } from "../../feedback.js";
import { pluralize, formatSeconds } from "../../format.js";
import { wasCancelled } from "../../live/statuses.js";

/**
 * @import { Job, ProjectDetail } from "../../schema.js"
 * @import { Store } from "../../live/store.js"
 */

const NOTICE_AFTER_MS = 1000;
const BACK_FOR_MS = 2500;
/** @type {Record<Store["connection"], string>} */
const CONNECTION = {
  connecting: "",
  open: "",
  lost: "Reconnecting…",
  polling: "No live connection. Looking every few seconds.",
  "signed-out": "You were signed out. Reload to sign in.",
  gone: "",
};

export class StatusLine extends HTMLElement {
  #told = "";
  #timer = 0;
  #gpu = "";

  /** @param {Store} store */
  attach(store) {
    const watch = new GpuStatus((words) => {
      this.#gpu = words;
      this.#show(store.project);
    });
    const cancel = find(this, "[data-cancel]", HTMLButtonElement);
    const again = find(this, "[data-retry]", HTMLButtonElement);
    const idempotency = new IdempotencyKey();
    store.subscribe((topics) => {
      if (topics.has("project") || topics.has("frames")) {
        this.#show(store.project);
        watch.see(isWaiting(store.project), landed(store.project));
      }
      if (topics.has("connection")) this.#connection(store.connection);
    });
    cancel.addEventListener("click", () => this.#ask(cancel, async () => {
      const job = store.project.job;
      if (job) store.setJob(await cancelJob(job.id));
    }));
    again.addEventListener("click", () => this.#ask(again, async () => {
      store.setJob(await generate(store.project.id, {}, idempotency.key("again")));
      idempotency.done();
    }));
  }

  /** @param {HTMLButtonElement} button @param {() => Promise<void>} action */
  async #ask(button, action) {
    if (!isAble(button)) return;
    setBusy(button, true);
    const complaint = find(this, "[data-error]", HTMLElement);
    complaint.textContent = "";
    try {
      await action();
    } catch (error) {
      complaint.textContent = errorMessage(error);
    } finally {
      setBusy(button, false);
    }
  }

  /** @param {ProjectDetail} project */
  #show(project) {
    const job = project.job;
    const live = job?.status === "queued" || job?.status === "running";
    this.dataset.status = project.status;
    find(this, "[data-words]", HTMLElement).textContent = this.#gpu || sentence(project);
    find(this, "[data-cost]", HTMLElement).textContent = cost(job);
    const stuck = project.status === "failed" || project.status === "cancelled" || project.status === "draft";
    const [cancel, again] = [find(this, "[data-cancel]", HTMLButtonElement), find(this, "[data-retry]", HTMLButtonElement)];
    const change = () => {
      cancel.hidden = !live;
      again.hidden = !stuck;
    };
    keepFocus(this, change, () => [cancel, again].find((button) => !button.hidden) ?? this);
    const bar = find(this, "progress", HTMLProgressElement);
    const share = job?.total ? job.done / job.total : 0;
    bar.value = live ? Math.max(0.02, share) : 1;
    bar.classList.toggle("invisible", !live);
    this.#announce(project, live ? share : 1);
  }

  /** Read aloud at the quarters and at the end, not at every frame. @param {ProjectDetail} project @param {number} share */
  #announce(project, share) {
    const quarter = Math.floor(share * 4);
    const words = this.#gpu ? this.#gpu : project.status === "working" ? `Drawing, ${quarter * 25} percent` : sentence(project);
    if (words === this.#told) return;
    this.#told = words;
    find(this, "[data-live]", HTMLElement).textContent = words;
  }

  /** A blink of the network is nobody's business; a second without it is. @param {Store["connection"]} connection */
  #connection(connection) {
    const notice = find(this, "[data-connection]", HTMLElement);
    notice.dataset.state = connection;
    clearTimeout(this.#timer);
    if (connection === "lost" && !notice.textContent) {
      this.#timer = window.setTimeout(() => (notice.textContent = CONNECTION.lost), NOTICE_AFTER_MS);
    } else if (connection === "open" && notice.textContent) {
      notice.textContent = "Back online";
      this.#timer = window.setTimeout(() => (notice.textContent = ""), BACK_FOR_MS);
    } else {
      notice.textContent = CONNECTION[connection];
    }
  }
}

/** Whether something is being made. @param {ProjectDetail} project */
function isWaiting({ job, frames }) {
  const live = job?.status === "queued" || job?.status === "running";
  return live || frames.some((frame) => frame.status === "working");
}

/** Another one whenever a frame lands. @param {ProjectDetail} project */
function landed({ job, frames }) {
  const settled = frames.flatMap((frame) => frame.candidates.filter((row) => row.status === "ready" || row.status === "failed"));
  return `${job?.id} ${settled.length}`;
}

/** @param {ProjectDetail} project */
function sentence(project) {
  const clip = project.generator === "clip";
  const { job, progress, status } = project;
  const failed = project.frames.filter((frame) => frame.status === "failed" && !wasCancelled(frame)).length;
  const retrying = project.frames.filter((frame) => frame.status === "working").length;
  if (status === "draft") return "Nothing drawn yet";
  if (status === "working" && job?.status === "queued") return "Waiting for a free worker…";
  if (status === "working" && !job?.done) return clip ? "Cutting out the frames…" : "Cutting out your picture…";
  if (status === "working") return `${clip ? "Cutting out" : "Drawing"}… ${job?.done ?? 0} of ${job?.total ?? 0}`;
  if (status === "failed") return job?.error || "This did not work. Try again, or choose another motion.";
  if (status === "cancelled") return `Stopped after ${pluralize(progress.done, "frame")}`;
  if (retrying) return `${clip ? "Cutting out" : "Redrawing"} ${pluralize(retrying, "frame")}…`;
  if (failed) return `${pluralize(failed, "frame")} failed. What went wrong stands below the frames.`;
  return `Ready · ${pluralize(project.frames.length, "frame")}`;
}

/** @param {Job|null} job */
function cost(job) {
  if (!job?.finished_at || !job.started_at) return "";
  const parts = [`${job.status === "succeeded" ? "Made in" : "Ended after"} ${formatSeconds(Date.parse(job.finished_at) - Date.parse(job.started_at))}`];
  if (job.gpu.calls) parts.push(`GPU ${pluralize(job.gpu.calls, "call")}, ${formatSeconds(job.gpu.execution_ms)}`);
  if (job.gpu.cost_usd) parts.push(`$${job.gpu.cost_usd.toFixed(4)}`);
  return parts.join(" · ");
}

customElements.define("status-line", StatusLine);
