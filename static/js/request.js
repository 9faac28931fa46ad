/** Send requests to the REST API: CSRF token, time limits, the error shape and idempotency keys. */

import { gettext } from "./i18n.js";

const ROOT = "/api/v1/";
const TIME_LIMIT_MS = 20_000;
const UPLOAD_LIMIT_MS = 180_000;

/** Whether the page is being left: what it still sends is to arrive without it. */
let isLeaving = false;
addEventListener("pagehide", () => (isLeaving = true));
addEventListener("pageshow", () => (isLeaving = false));

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
export async function request(method, path, { body, key, signal } = {}) {
  const limit = AbortSignal.timeout(TIME_LIMIT_MS);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(ROOT + path, {
      method,
      headers: headers(method, key, body !== undefined),
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "same-origin",
      keepalive: isLeaving,
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
 * Send a form. XMLHttpRequest, because fetch does not report how much of an upload is through.
 *
 * @param {string} path @param {FormData} form @param {string} key @param {(share: number) => void} onProgress
 * @returns {Promise<any>}
 */
export function upload(path, form, key, onProgress) {
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
