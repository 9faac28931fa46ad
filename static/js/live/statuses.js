/** Tell what jobs, frames and candidates are doing, and pick a frame's candidate. */

/** @import { Candidate, Export, Frame, Job, Pack, ProjectDetail } from "../schema.js" */

/** Tell whether a job, an export or a pack is queued or running. @param {Job|Export|Pack|null|undefined} row */
export function isActive(row) {
  return row?.status === "queued" || row?.status === "running";
}

/** Tell whether a project's frames are being made. @param {ProjectDetail} project */
export function isMaking({ job, frames }) {
  return isActive(job) || frames.some((frame) => frame.status === "working");
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
  return frame.status === "failed" && frame.candidates.at(-1)?.cancelled === true;
}

/** Get the chosen candidate of a frame. @param {Frame} frame */
export function chosenCandidate(frame) {
  return frame.candidates.find((candidate) => candidate.id === frame.chosen);
}

/** Get a frame's candidate of one version, if it is ready. @param {Frame} frame @param {number} ordinal */
export function readyCandidate(frame, ordinal) {
  return frame.candidates.find((candidate) => candidate.ordinal === ordinal && candidate.status === "ready");
}

/** Get what a frame shows: the chosen candidate, or else the last that has ended. @param {Frame} frame */
export function shownCandidate(frame) {
  return chosenCandidate(frame) ?? frame.candidates.filter(isFinal).at(-1);
}

/** Tell whether there is a cut-out to mend: of the source, or of a clip's selected frame. @param {ProjectDetail} project @param {Frame|null} frame */
export function isEditable(project, frame) {
  if (project.generator === "clip") return Boolean(frame && shownCandidate(frame)?.picture_url);
  return Boolean(project.source.matte && project.frames.some(({ chosen }) => chosen));
}
