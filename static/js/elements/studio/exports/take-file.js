/** Take a finished file: drag it out of the page, copy its picture, share it, open it on another device. */

import { firstFrame } from "../../../bitmaps.js";
import { canShareFiles, make } from "../../../dom.js";
import { errorMessage } from "../../../feedback.js";
import { gettext, interpolate } from "../../../i18n.js";
import { shareFile } from "./share-file.js";

/**
 * @import { ExportFile } from "../../../schema.js"
 *
 * @typedef {{file: ExportFile, id: string, platform: string}} ExportedFile a file, its export and whom it is for
 */

/** Let the pictures and links of an element be dragged as a file: Chromium saves it where it is dropped. @param {HTMLElement} element @param {ExportFile} file */
export function letDrag(element, file) {
  element.addEventListener("dragstart", (event) => {
    const url = new URL(file.url, location.href).href;
    event.dataTransfer?.setData("DownloadURL", `application/octet-stream:${file.name}:${url}`);
    event.dataTransfer?.setData("text/uri-list", url);
  });
}

/** Make the menu of what else can be done with a file. @param {ExportedFile} exported @param {HTMLElement} place where it says what came of it */
export function takeMenu(exported, place) {
  const summary = make("summary", { class: "button small", "aria-label": interpolate(gettext("More about the file for %(platform)s"), { platform: exported.platform }) },
    make("span", { "aria-hidden": "true" }, "⋯"));
  const list = make("div", { class: "card" });
  const menu = make("details", { class: "menu" }, summary, list);
  for (const [text, act] of actions(exported)) {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", async () => {
      menu.open = false;
      summary.focus();
      place.textContent = await act().catch(errorMessage);
    });
    list.append(button);
  }
  return menu;
}

/** @param {ExportedFile} exported @returns {[string, () => Promise<string>][]} what can be done here, each with what it says */
function actions({ file, id }) {
  /** @type {[string, () => Promise<string>][]} */
  const found = [[gettext("Open on another device"), async () => {
    const { showDeviceLink } = await import("./device-link.js");
    await showDeviceLink(id);
    return "";
  }]];
  if (canCopy() && file.format !== "PNG ZIP") found.unshift([gettext("Copy the picture"), () => copyPicture(file)]);
  if (canShareFiles()) found.unshift([gettext("Share"), () => shareFile(file, file.name)]);
  return found;
}

const canCopy = () => "clipboard" in navigator && typeof ClipboardItem !== "undefined";

/** Copy what a file shows first: no clipboard takes a picture that moves. @param {ExportFile} file */
async function copyPicture(file) {
  await navigator.clipboard.write([new ClipboardItem({ "image/png": stillPicture(file) })]);
  return file.frames > 1 ? gettext("Copied as a still picture. To have it move, download it or drag it.") : gettext("Copied.");
}

/** @param {ExportFile} file @returns {Promise<Blob>} a PNG */
async function stillPicture(file) {
  const canvas = await (file.format === "WebM" ? frameOfVideo : frameOfImage)(`${file.url}?inline=1`);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error())), "image/png"));
}

/** @param {string} url */
async function frameOfImage(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return firstFrame(image);
}

/** @param {string} url */
async function frameOfVideo(url) {
  const video = document.createElement("video");
  video.muted = true;
  video.src = url;
  await new Promise((resolve, reject) => {
    video.onloadeddata = resolve;
    video.onerror = reject;
  });
  const canvas = make("canvas", { width: String(video.videoWidth), height: String(video.videoHeight) });
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return canvas;
}
