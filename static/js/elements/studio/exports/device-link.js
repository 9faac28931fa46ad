/** Show a finished file's address for another device, as a QR code. */

import { linkToFile } from "../../../api.js";
import { make } from "../../../dom.js";
import { gettext, interpolate } from "../../../i18n.js";

const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** @param {string} id of the export */
export async function showDeviceLink(id) {
  const { url, expires_at, qr } = await linkToFile(id);
  const time = new Date(expires_at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
  const reach = LOOPBACK.test(location.hostname)
    ? gettext("This server answers on this computer alone: another device cannot open the link.")
    : gettext("Scan it with the other device’s camera, or open the link there.");
  const dialog = make("dialog", { class: "device-link", "aria-labelledby": "device-title", "data-testid": "device-link" },
    make("form", { method: "dialog" },
      make("h2", { id: "device-title" }, gettext("Open it on another device")),
      make("img", { src: qr, alt: gettext("QR code of the link below") }),
      make("p", { class: "hint" }, reach),
      make("input", { type: "text", readonly: "", value: url, "aria-label": gettext("The link") }),
      make("p", { class: "hint" }, interpolate(gettext("Whoever has the link gets the file, until %(time)s."), { time })),
      make("div", { class: "actions end" }, make("button", { class: "button" }, gettext("Close")))));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}
