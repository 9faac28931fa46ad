/**
 * Call the REST API: CSRF token, time limits, the error shape and idempotency keys.
 *
 * @import { ChooseForAllRequest, ChosenForAll, ChosenGeneration, EmojiSet, Engines, Export, ExportOptions, ExportPage, FileLink, FinishedProject, FinishRequest, Frame, GenerateOptions, Job, Matte, MotionReading,
 *   Pack, PackRequest, ProjectChanges, ProjectDetail, ProjectPage, RearrangedProject, RefineRequest, RefineSourceRequest, RetryRequest, SetChange, ShareLink, PackStore,
 *   TimelineRequest } from "./schema.js"
 */

import { gettext } from "./i18n.js";

const ROOT = "/api/v1/";
const TIME_LIMIT_MS = 20_000;
const UPLOAD_LIMIT_MS = 180_000;

/** @typedef {{code: string, detail: string, attr: string|null}} ErrorDetail */

/** A request that failed. `status` is 0 when no answer came. */
export class ApiError extends Error {
  /** @param {number} status @param {ErrorDetail[]} errors */
  constructor(status, errors) {
    super(errors.map((error) => error.detail).join(" "));
    this.name = "ApiError";
    this.status = status;
    this.errors = errors;
  }

  /** Get what is wrong with one field. @param {string} attr */
  about(attr) {
    return this.errors.filter((error) => error.attr === attr).map((error) => error.detail).join(" ");
  }
}

/**
 * The key of one request. It stays the same however often the request is sent, until it succeeds or its body changes,
 * so that the server does the work once.
 */
export class IdempotencyKey {
  #body = "";
  #key = "";

  /**
   * Send a request under the key of its body.
   *
   * @template T
   * @param {unknown} body anything that JSON can hold @param {(key: string) => Promise<T>} send
   */
  async use(body, send) {
    const text = JSON.stringify(body);
    if (!this.#key || text !== this.#body) {
      this.#body = text;
      this.#key = newKey();
    }
    const answer = await send(this.#key);
    this.#key = "";
    return answer;
  }
}

function newKey() {
  if ("randomUUID" in crypto) return crypto.randomUUID();
  // Browsers keep randomUUID for secure pages; on a plain-HTTP network address this does the same.
  const bytes = /** @type {Crypto} */ (crypto).getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @type {Set<(path: string) => void>} */
const notFoundListeners = new Set();

/** Call `listener` with the path of every request that is answered 404. @param {(path: string) => void} listener */
export const onNotFound = (listener) => notFoundListeners.add(listener);

/**
 * Send a request and return its JSON.
 *
 * @param {string} method @param {string} path
 * @param {{body?: unknown, key?: string, signal?: AbortSignal}} [options]
 * @returns {Promise<any>}
 */
async function request(method, path, { body, key, signal } = {}) {
  const limit = AbortSignal.timeout(TIME_LIMIT_MS);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(ROOT + path, {
      method,
      headers: headers(method, key, body !== undefined),
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "same-origin",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw noAnswer(limit.aborted);
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (response.status === 404) for (const listener of notFoundListeners) listener(path);
  if (!response.ok) throw errorOf(response.status, answer);
  return answer;
}

/** @param {string} method @param {string|undefined} key @param {boolean} json */
function headers(method, key, json) {
  const found = new Headers({ Accept: "application/json" });
  if (json) found.set("Content-Type", "application/json");
  if (method !== "GET") found.set("X-CSRFToken", csrf());
  if (key) found.set("Idempotency-Key", key);
  return found;
}

function csrf() {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

/** @param {boolean} late */
function noAnswer(late) {
  const detail = late
    ? gettext("The server took too long to answer. Try again.")
    : gettext("No connection to the server. Check your network and try again.");
  return new ApiError(0, [{ code: late ? "timeout" : "offline", detail, attr: null }]);
}

/** @param {number} status @param {any} answer */
function errorOf(status, answer) {
  if (Array.isArray(answer?.errors) && answer.errors.length) return new ApiError(status, answer.errors);
  /** @type {Record<number, string>} */
  const messages = {
    401: gettext("You have been signed out. Reload the page to sign in again."),
    404: gettext("This is no longer here."),
    413: gettext("This file is too large. Choose a smaller one."),
    429: gettext("Too many requests. Wait a moment and try again."),
  };
  const detail = messages[status] ?? gettext("Something went wrong on our side. Try again in a moment.");
  return new ApiError(status, [{ code: String(status), detail, attr: null }]);
}

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

/**
 * Send a form. XMLHttpRequest, because fetch does not report how much of an upload is through.
 *
 * @param {string} path @param {FormData} form @param {string} key @param {(share: number) => void} onProgress
 * @returns {Promise<any>}
 */
function upload(path, form, key, onProgress) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", ROOT + path);
    headers("POST", key, false).forEach((value, name) => xhr.setRequestHeader(name, value));
    xhr.responseType = "json";
    xhr.timeout = UPLOAD_LIMIT_MS;
    xhr.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    xhr.onload = () => (xhr.status < 300 ? resolve(xhr.response) : reject(errorOf(xhr.status, xhr.response)));
    xhr.onerror = () => reject(noAnswer(false));
    xhr.ontimeout = () => reject(noAnswer(true));
    xhr.send(form);
  });
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

/** Make all emoji of a set again that failed. @param {string} id @param {string} key @returns {Promise<Job[]>} */
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
