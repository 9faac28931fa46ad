/** Switch the version of the whole loop that is played, and choose it for every frame. */

import { choose } from "../../api.js";
import { errorPlace, find, make } from "../../dom.js";
import { runAction } from "../../feedback.js";
import { keepFocus, pressedButton } from "../../focus.js";
import { versionName } from "../../format.js";
import { readyCandidate } from "../../live/statuses.js";

/**
 * @import { Playback } from "../../playback.js"
 * @import { Store } from "../../live/store.js"
 */

export class TrackSwitch extends HTMLElement {
  /** Set by `attach`. @type {Store} */
  #store = /** @type {any} */ (null);

  /** @param {Store} store @param {Playback} playback */
  attach(store, playback) {
    this.#store = store;
    this.hidden = false;
    store.subscribe((topics) => {
      if (topics.has("frames") || topics.has("track") || topics.has("project")) this.#show();
    });
    this.addEventListener("click", (event) => {
      const button = pressedButton(event);
      if (!button) return;
      if (button.dataset.use !== undefined) void this.#useEverywhere(Number(button.dataset.use));
      if (!button.dataset.track) return;
      store.play(button.dataset.track === "chosen" ? "chosen" : Number(button.dataset.track));
      playback.play(); // a version is a whole loop, to be seen moving
    });
  }

  #show() {
    const { project, track } = this.#store;
    const choices = find(this, "[data-tracks]", HTMLElement);
    const names = ["chosen", ...Array.from({ length: project.candidates }, (_, k) => String(k))];
    if (choices.childElementCount !== names.length) {
      choices.replaceChildren(...names.map((name) => make("button", { type: "button", "data-track": name }, label(name))));
    }
    for (const button of choices.children) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-track") === String(track)));
    }
    this.classList.toggle("single", project.candidates < 2);
    const use = find(this, "[data-use]", HTMLButtonElement);
    const change = () => {
      use.classList.toggle("invisible", track === "chosen");
      use.disabled = track === "chosen" || project.status === "working";
    };
    keepFocus(this, change, () => choices.querySelector("[aria-pressed=true]"));
    use.dataset.use = String(track === "chosen" ? 0 : track);
    use.setAttribute("aria-label", track === "chosen" ? "Use for all frames" : `Use ${label(String(track))} for all frames`);
  }

  /** @param {number} ordinal */
  #useEverywhere(ordinal) {
    const store = this.#store;
    return runAction(errorPlace(this), (busy) => this.setAttribute("aria-busy", String(busy)), async () => {
      for (const frame of [...store.project.frames]) {
        const candidate = readyCandidate(frame, ordinal);
        if (!candidate || candidate.id === frame.chosen) continue;
        store.setFrame(await choose(store.project.id, frame.index, candidate.id));
      }
      store.play("chosen");
    });
  }
}

/** @param {string} name */
const label = (name) => (name === "chosen" ? "Your mix" : versionName(Number(name)));

customElements.define("track-switch", TrackSwitch);
