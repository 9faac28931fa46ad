/**
 * The one way to the REST API: CSRF, time limits, the error shape and idempotency keys.
 *
 * @import { Choices, Engines, Export, Frame, Job, Project, ProjectHead } from "./schema.js"
 */

const ROOT = "/api/v1/";
const TIME_LIMIT_MS = 20_000;
const UPLOAD_LIMIT_MS = 180_000;

/** @typedef {{code: string, detail: string, attr: string|null}} ErrorDetail */

/** What the server, or the lack of one, had against a request. `status` is 0 when no answer came. */
export class ApiError extends Error {
  /** @param {number} status @param {ErrorDetail[]} errors */
  constructor(status, errors) {
    super(errors.map((error) => error.detail).join(" "));
    this.name = "ApiError";
    this.status = status;
    this.errors = errors;
  }

  /** @param {string} attr */
  about(attr) {
    return this.errors.filter((error) => error.attr === attr).map((error) => error.detail).join(" ");
  }
}

/**
 * One thing a person means to do. However often it is sent, it carries the same key until it is done or they mean
 * something else, so the server does it once.
 */
export class IdempotencyKey {
  #of = "";
  #key = "";

  /** @param {unknown} wish anything that JSON can hold */
  key(wish) {
    const of = JSON.stringify(wish);
    if (!this.#key || of !== this.#of) {
      this.#of = of;
      this.#key = newKey();
    }
    return this.#key;
  }

  done() {
    this.#key = "";
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

/** Be told the path of whatever is asked for and is not there (any more). @param {(path: string) => void} listener */
export const onNotFound = (listener) => notFoundListeners.add(listener);

/**
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
    throw silence(limit.aborted);
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (response.status === 404) for (const listener of notFoundListeners) listener(path);
  if (!response.ok) throw complaint(response.status, answer);
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
function silence(late) {
  const detail = late
    ? "The server took too long to answer. Try again."
    : "No connection to the server. Check your network and try again.";
  return new ApiError(0, [{ code: late ? "timeout" : "offline", detail, attr: null }]);
}

/** @param {number} status @param {any} answer */
function complaint(status, answer) {
  if (Array.isArray(answer?.errors) && answer.errors.length) return new ApiError(status, answer.errors);
  /** @type {Record<number, string>} */
  const words = {
    401: "You have been signed out. Reload the page to sign in again.",
    404: "This is no longer here.",
    413: "This file is too large. Up to 20 MB can be used.",
    429: "That was a lot at once. Wait a moment and try again.",
  };
  const detail = words[status] ?? "Something went wrong on our side. Try again in a moment.";
  return new ApiError(status, [{ code: String(status), detail, attr: null }]);
}

/**
 * A new emoji. XMLHttpRequest, because fetch cannot tell how much of an upload is through.
 *
 * @param {File} source @param {Choices} choices @param {string} key
 * @param {(share: number) => void} onProgress told 0 to 1
 * @returns {Promise<Project>}
 */
export function createProject(source, choices, key, onProgress) {
  const form = new FormData();
  form.set("source", source);
  for (const [name, value] of Object.entries(choices)) {
    if (value !== null && value !== undefined) form.set(name, String(value)); // a form has no null: left out means it
  }
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", ROOT + "projects/");
    headers("POST", key, false).forEach((value, name) => call.setRequestHeader(name, value));
    call.responseType = "json";
    call.timeout = UPLOAD_LIMIT_MS;
    call.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    call.onload = () => (call.status < 300 ? resolve(call.response) : reject(complaint(call.status, call.response)));
    call.onerror = () => reject(silence(false));
    call.ontimeout = () => reject(silence(true));
    call.send(form);
  });
}

/** @param {string} id @returns {Promise<Project>} */
export const getProject = (id) => request("GET", `projects/${id}/`);

/** @type {() => Promise<{results: ProjectHead[]}>} */
export const listProjects = () => request("GET", "projects/");

/** @param {string} id @param {string} name @returns {Promise<Project>} */
export const renameProject = (id, name) => request("PATCH", `projects/${id}/`, { body: { name } });

/** @param {string} id @returns {Promise<null>} */
export const deleteProject = (id) => request("DELETE", `projects/${id}/`);

/** @param {string} id @param {Choices} choices @param {string} key @returns {Promise<Job>} */
export const generate = (id, choices, key) => request("POST", `projects/${id}/generate/`, { body: choices, key });

/** @param {string} id @param {number} index @param {string} candidate @returns {Promise<Frame>} */
export const choose = (id, index, candidate) =>
  request("POST", `projects/${id}/frames/${index}/choose/`, { body: { candidate } });

/** @param {string} id @param {number} index @param {{prompt: string, candidates: number, candidate?: string}} wish @param {string} key
 * @returns {Promise<Job>} */
export const retry = (id, index, wish, key) =>
  request("POST", `projects/${id}/frames/${index}/retry/`, { body: wish, key });

/** @param {string} id @param {number} index
 * @param {{candidate: string, tool: "matte", engine: string, apply_to: "frame"|"all"|number[]}} wish
 * @param {string} key @returns {Promise<Job>} */
export const refine = (id, index, wish, key) =>
  request("POST", `projects/${id}/frames/${index}/refine/`, { body: wish, key });

/** @param {string} id @param {{tool: "pocket", x: number, y: number}|{tool: "matte", engine: string}} wish
 * @param {string} key @returns {Promise<Job>} */
export const refineSource = (id, wish, key) => request("POST", `projects/${id}/source/refine/`, { body: wish, key });

/** @param {string} id @param {string} matte @returns {Promise<Project>} */
export const chooseSourceMatte = (id, matte) => request("POST", `projects/${id}/source/choose/`, { body: { matte } });

/** @type {() => Promise<Engines>} */
export const readEngines = () => request("GET", "engines/");

/** @param {string} id @param {string[]} platforms @param {string} key @returns {Promise<Export[]>} */
export const makeExports = (id, platforms, key) =>
  request("POST", `projects/${id}/exports/`, { body: { platforms }, key });

/** @param {string} id @returns {Promise<Export[]>} */
export const listExports = (id) =>
  request("GET", `projects/${id}/exports/`).then((/** @type {{results: Export[]}} */ page) => page.results);

/** @param {string} id @returns {Promise<Job>} */
export const cancelJob = (id) => request("POST", `jobs/${id}/cancel/`);

/** @param {string} text @param {AbortSignal} signal
 * @returns {Promise<{recipe: unknown, understood_as: string, unknown: string[], notes: string[]}>} */
export const readMotion = (text, signal) =>
  request("GET", `motions/read/?text=${encodeURIComponent(text)}`, { signal });
