/** Share a finished file with another program of the device (Web Share). */

import { gettext } from "../../../i18n.js";

/** @import { ExportFile } from "../../../schema.js" */

/** The file that was fetched last, by its address. @type {{url: string, file: File}|null} */
let fetched = null;

/**
 * Share a file.
 *
 * @param {ExportFile} about @param {string} title
 * @returns {Promise<string>} what the person has to do now; empty where nothing is left
 */
export async function shareFile(about, title) {
  try {
    if (fetched?.url !== about.url) fetched = { url: about.url, file: await fetchFile(about) };
    await navigator.share({ files: [fetched.file], title });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    // To fetch the file can take longer than a browser takes the press to be the person's own.
    if (name === "NotAllowedError") return gettext("The file is ready. Press Share once more.");
    if (name !== "AbortError") throw error;
  }
  return "";
}

/** @param {ExportFile} about */
async function fetchFile(about) {
  const answer = await fetch(about.url);
  if (!answer.ok) throw new Error(gettext("This file could not be fetched. Try again."));
  const blob = await answer.blob();
  return new File([blob], about.name, { type: blob.type });
}
