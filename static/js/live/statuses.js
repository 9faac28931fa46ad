/** Tell from their statuses what rows are doing. */

/** @import { Candidate, Export, Frame, Job } from "../schema.js" */

/** Tell whether a job or an export is queued or running. @param {Job|Export|null|undefined} row */
export function isActive(row) {
  return row?.status === "queued" || row?.status === "running";
}

/** Tell whether a candidate will not change any more. @param {Candidate} candidate */
export function isFinal({ status }) {
  return status === "ready" || status === "failed";
}

/** Tell whether a frame is waiting to be made or being made. @param {Frame} frame */
export function isPending({ status }) {
  return status === "pending" || status === "working";
}

/** Tell whether a frame has no picture because its owner cancelled the job: nothing went wrong with it. @param {Frame} frame */
export function wasCancelled(frame) {
  return frame.status === "failed" && frame.candidates.at(-1)?.error === "Cancelled.";
}
