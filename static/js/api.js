/**
 * The requests of the REST API, each as a function.
 *
 * @import { ChooseForAllRequest, ChosenForAll, ChosenGeneration, EmojiSet, Engines, Export, ExportOptions, ExportPage, FileLink, FinishedProject, FinishRequest, Frame, GenerateOptions, Job, Matte, MotionReading,
 *   Pack, PackRequest, ProjectChanges, ProjectDetail, ProjectPage, RearrangedProject, RefineRequest, RefineSourceRequest, RetryRequest, SetChange, ShareLink, PackStore,
 *   TimelineRequest } from "./schema.js"
 */

import { ApiError, request, upload } from "./request.js";

export { ApiError, IdempotencyKey, onNotFound } from "./request.js";

/**
 * Create a project.
 *
 * @param {File|string} source a file, or the id of the emoji whose picture is used again @param {GenerateOptions} options @param {string} key
 * @param {(share: number) => void} onProgress called with 0 to 1
 * @returns {Promise<ProjectDetail>}
 */
export const createProject = (source, options, key, onProgress) => upload("projects/", formOf(source, options), key, onProgress);

/**
 * Create a set: an emoji of the picture for each motion.
 *
 * @param {File|string} source as for `createProject` @param {string[]} motions names of presets, or words
 * @param {GenerateOptions} options @param {string} key @param {(share: number) => void} onProgress
 * @returns {Promise<EmojiSet>}
 */
export function createSet(source, motions, options, key, onProgress) {
  const form = formOf(source, options);
  for (const motion of motions) form.append("motions", motion);
  return upload("sets/", form, key, onProgress);
}

/** @param {File|string} source @param {GenerateOptions} options */
function formOf(source, options) {
  const form = new FormData();
  if (typeof source === "string") form.set("source_of", source);
  else form.set("source", source);
  for (const [name, value] of Object.entries(options)) {
    if (value !== null && value !== undefined) form.set(name, String(value)); // a form has no null: it is left out
  }
  return form;
}

/** Let this browser use the API without an account; nothing changes for who is signed in. @returns {Promise<unknown>} */
export const createGuest = () => request("POST", "guests/");

/** @param {string} id @returns {Promise<ProjectDetail>} */
export const getProject = (id) => request("GET", `projects/${id}/`);

/** @returns {Promise<ProjectPage>} */
export const listProjects = () => request("GET", "projects/");

/** Get the link of an emoji, or null where it is not shared. @param {string} id @returns {Promise<ShareLink|null>} */
export const getShare = (id) =>
  request("GET", `projects/${id}/share/`).catch((error) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });

/** @param {string} id @param {number} days @returns {Promise<ShareLink>} */
export const shareProject = (id, days) => request("POST", `projects/${id}/share/`, { body: { days } });

/** @param {string} id @returns {Promise<null>} */
export const stopSharing = (id) => request("DELETE", `projects/${id}/share/`);

/** @param {string} id @returns {Promise<ProjectDetail>} */
export const duplicateProject = (id) => request("POST", `projects/${id}/duplicate/`);

/** Change an emoji's name, words or still. @param {string} id @param {ProjectChanges} body @returns {Promise<ProjectDetail>} */
export const editProject = (id, body) => request("PATCH", `projects/${id}/`, { body });

/** @param {string} id @returns {Promise<ProjectDetail>} */
export const restoreProject = (id) => request("POST", `projects/${id}/restore/`);

/** @param {string} id @returns {Promise<null>} */
export const deleteProject = (id) => request("DELETE", `projects/${id}/`);

/** @param {string} id @param {GenerateOptions} body @param {string} key @returns {Promise<Job>} */
export const generate = (id, body, key) => request("POST", `projects/${id}/generate/`, { body, key });

/** @param {string} id @param {number} index @param {string} candidate @returns {Promise<Frame>} */
export const choose = (id, index, candidate) =>
  request("POST", `projects/${id}/frames/${index}/choose/`, { body: { candidate } });

/** @param {string} id @param {number} generation @returns {Promise<ChosenGeneration>} */
export const chooseGeneration = (id, generation) => request("POST", `projects/${id}/generations/choose/`, { body: { generation } });

/** @param {string} id @param {TimelineRequest} body @returns {Promise<RearrangedProject>} */
export const setTimeline = (id, body) => request("POST", `projects/${id}/timeline/`, { body });

/** @param {string} id @param {FinishRequest} body @returns {Promise<FinishedProject>} */
export const setFinish = (id, body) => request("POST", `projects/${id}/finish/`, { body });

/** @param {string} id @param {ChooseForAllRequest} body @returns {Promise<ChosenForAll>} */
export const chooseForAll = (id, body) => request("POST", `projects/${id}/choose/`, { body });

/** @param {string} id @param {number} index @param {RetryRequest} body @param {string} key @returns {Promise<Job>} */
export const retry = (id, index, body, key) => request("POST", `projects/${id}/frames/${index}/retry/`, { body, key });

/** @param {string} id @param {number} index @param {RefineRequest} body @param {string} key @returns {Promise<Job>} */
export const refine = (id, index, body, key) =>
  request("POST", `projects/${id}/frames/${index}/refine/`, { body, key });

/** @param {string} id @param {number} index @param {string} candidate @param {string} key @returns {Promise<Job>} */
export const propagate = (id, index, candidate, key) =>
  request("POST", `projects/${id}/frames/${index}/propagate/`, { body: { candidate }, key });

/** @param {string} id @param {RefineSourceRequest} body @param {string} key @returns {Promise<Job>} */
export const refineSource = (id, body, key) => request("POST", `projects/${id}/source/refine/`, { body, key });

/** @param {string} id @param {string} matte @returns {Promise<ProjectDetail>} */
export const chooseSourceMatte = (id, matte) => request("POST", `projects/${id}/source/choose/`, { body: { matte } });

/** List the mattes of a project's source, oldest first. @param {string} id @returns {Promise<Matte[]>} */
export const listMattes = (id) => request("GET", `projects/${id}/source/mattes/`);

/** @returns {Promise<Engines>} */
export const listEngines = () => request("GET", "engines/");

/** @param {string} id @param {string[]} platforms @param {string} key @param {ExportOptions} [options] @returns {Promise<Export[]>} */
export const makeExports = (id, platforms, key, options) =>
  request("POST", `projects/${id}/exports/`, { body: options ? { platforms, options } : { platforms }, key });

/** @param {string} id @returns {Promise<Export>} */
export const getExport = (id) => request("GET", `exports/${id}/`);

/** Get an address at which another device gets an export's file. @param {string} id @returns {Promise<FileLink>} */
export const linkToFile = (id) => request("POST", `exports/${id}/link/`);

/** Get a platform's file of the frames as they are, or the one that is being made. @param {string} id @param {string} platform @returns {Promise<Export>} */
export const previewFile = (id, platform) => request("POST", `projects/${id}/previews/`, { body: { platform } });

/** @param {string} id @returns {Promise<ExportPage>} */
export const listExports = (id) => request("GET", `projects/${id}/exports/`);

/** @param {string} id @returns {Promise<EmojiSet>} */
export const getSet = (id) => request("GET", `sets/${id}/`);

/** @param {string} id @param {SetChange} body @returns {Promise<EmojiSet>} */
export const updateSet = (id, body) => request("PATCH", `sets/${id}/`, { body });

/** @param {string} id @returns {Promise<null>} */
export const deleteSet = (id) => request("DELETE", `sets/${id}/`);

/** Make all emoji of a set again that failed or were cancelled. @param {string} id @param {string} key @returns {Promise<Job[]>} */
export const retrySet = (id, key) => request("POST", `sets/${id}/retry/`, { key });

/** List what each store takes, and what the set lacks for it. @param {string} id @returns {Promise<PackStore[]>} */
export const listStores = (id) => request("GET", `sets/${id}/stores/`);

/** @param {string} id @param {PackRequest} body @param {string} key @returns {Promise<Pack>} */
export const makePack = (id, body, key) => request("POST", `sets/${id}/packs/`, { body, key });

/** @param {string} id @returns {Promise<Pack>} */
export const getPack = (id) => request("GET", `packs/${id}/`);

/** @param {string} id @returns {Promise<Job>} */
export const getJob = (id) => request("GET", `jobs/${id}/`);

/** @param {string} id @returns {Promise<Job>} */
export const cancelJob = (id) => request("POST", `jobs/${id}/cancel/`);

/** @param {string} text @param {AbortSignal} signal @returns {Promise<MotionReading>} */
export const readMotion = (text, signal) =>
  request("GET", `motions/read/?text=${encodeURIComponent(text)}`, { signal });
