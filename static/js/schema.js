/**
 * The shapes that the API and the socket speak in; `animations/payloads.py` is where they are made.
 *
 * @typedef {"pending"|"working"|"ready"|"failed"} PartStatus of a frame and of a candidate
 * @typedef {"queued"|"running"|"succeeded"|"failed"|"cancelled"} JobStatus of a job and of an export
 *
 * @typedef {object} Candidate
 * @property {string} id
 * @property {number} ordinal
 * @property {PartStatus} status
 * @property {"generated"|"retried"|"refined"|"imported"} origin
 * @property {string|null} parent
 * @property {string} prompt
 * @property {string} engine
 * @property {string|null} picture_url
 * @property {string|null} alpha_url
 * @property {string|null} cutout_url
 * @property {string|null} preview_url the cutout as the pages show it
 * @property {number|null} seam
 * @property {string} warning
 * @property {string} error
 *
 * @typedef {object} Frame
 * @property {string} id
 * @property {number} index
 * @property {number} delay_ms
 * @property {PartStatus} status
 * @property {string|null} chosen
 * @property {Candidate[]} candidates
 *
 * @typedef {object} Job
 * @property {string} id
 * @property {string} project
 * @property {"generate"|"retry"|"refine"|"export"} kind
 * @property {string|null} frame
 * @property {JobStatus} status
 * @property {number} done
 * @property {number} total
 * @property {string} error
 * @property {string} created_at
 * @property {string|null} started_at
 * @property {string|null} finished_at
 * @property {{calls: number, frames: number, delay_ms: number, execution_ms: number, cost_usd: number}} gpu
 *
 * @typedef {{x: number, y: number, width: number, height: number, point: number[], share: number}} Pocket a region of
 *   the background's colour inside the source: its box, and a pixel in it
 *
 * @typedef {object} ProjectHead
 * @property {string} id
 * @property {string} name
 * @property {"draft"|"working"|"ready"|"partial"|"failed"|"cancelled"} status
 * @property {Job|null} job
 * @property {{kind: "picture"|"clip", url: string, alpha_url: string|null, cutout_url: string|null,
 *   width: number, height: number, ground: "transparent"|"white"|"other",
 *   matte: string|null, matte_parent: string|null, pockets: Pocket[], clip: {duration_ms: number, frames: number}|null}} source
 * @property {{preset: string|null, prompt: string, understood_as: string}} motion
 * @property {"auto"|"procedural"|"clip"|"video"} generator
 * @property {number} frame_count
 * @property {number} frame_ms
 * @property {number} size
 * @property {number} candidates
 * @property {number} clip_start_ms
 * @property {number|null} clip_end_ms
 * @property {number|null} clip_fps
 * @property {string} matte
 * @property {"crop"|"whole"} framing
 * @property {boolean} pixel_art whether the frames are shown without smoothing
 * @property {{code: string, text: string}[]} notes what was done unasked, in sentences
 * @property {number} revision
 * @property {{done: number, total: number, failed: number}} progress
 * @property {string|null} thumbnail_url
 * @property {string} created_at
 * @property {string} updated_at
 *
 * @typedef {ProjectHead & {frames: Frame[]}} Project
 *
 * @typedef {object} ExportFile
 * @property {string} name
 * @property {string} url
 * @property {number} bytes
 * @property {number} width
 * @property {number} height
 * @property {number} frames
 * @property {number} duration_ms
 * @property {string} format
 *
 * @typedef {object} Export
 * @property {string} id
 * @property {string} project
 * @property {string} platform
 * @property {JobStatus} status
 * @property {ExportFile[]} files
 * @property {{rule: string, limit: string|number, actual: string|number, ok: boolean}[]} checks
 * @property {string[]} [steps]
 * @property {string} [error]
 * @property {string} [created_at]
 *
 * @typedef {{type: "snapshot", revision: number, project: Project, exports: Export[]}
 *   | {type: "project", revision: number, project: ProjectHead}
 *   | {type: "frame", revision: number, frame: Frame}
 *   | {type: "job", revision: number, job: Job}
 *   | {type: "export", revision: number, export: Export}} Message
 *
 * @typedef {object} FirstState
 * @property {number} revision
 * @property {Project} project
 * @property {Export[]} exports
 * @property {Record<string, number>} export_revisions
 * @property {number} frames_revision
 *
 * @typedef {{preset?: string, prompt?: string, frame_count?: number, frame_ms?: number, size?: number,
 *   candidates?: number, name?: string, matte?: string, framing?: string, generator?: string, clip_start_ms?: number,
 *   clip_end_ms?: number|null, clip_fps?: number|null}} Choices
 *
 * @typedef {object} Engine
 * @property {string} slug
 * @property {"matte"|"generator"} kind
 * @property {boolean} available
 * @property {string} reason
 *
 * @typedef {{engines: Engine[], state: {code: string, message: string, queue: number}, as_of: string|null}} Engines
 */
export {};
