/** Show what a file shows: a picture, a video, or an archive's emoji as it is when still. */

import { make, prefersReducedMotion } from "../../../dom.js";

/** @import { ExportFile } from "../../../schema.js" */

/** @param {ExportFile} file @param {string|null} [still] where the emoji's poster is @returns {HTMLElement[]} one, or none */
export function filePicture(file, still = null) {
  const src = file.format === "PNG ZIP" ? still : `${file.url}?inline=1`;
  if (!src) return [];
  if (file.format !== "WebM") {
    void import("../../motion/motion-preview.js");
    const picture = document.createElement("motion-preview");
    picture.setAttribute("src", src);
    picture.draggable = true;
    return [picture];
  }
  const video = make("video", { src, loop: "", playsinline: "", tabindex: "-1", "aria-hidden": "true" });
  video.muted = true;
  video.autoplay = !prefersReducedMotion();
  return [make("div", { class: "moving" }, video)];
}
