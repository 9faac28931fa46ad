/** Place a picture on the stage: zoom and pan, and the way from the screen to the picture's pixels. */

const MARGIN = 24;
const CONTROLS = 48;
const KEPT_IN_SIGHT = 48;
const MAX_SCALE = 40;
const STEP = 1.25;

export class View {
  scale = 1;
  x = 0;
  y = 0;
  #stage;
  #sheet;
  #width = 1;
  #height = 1;
  #isFitted = true;
  /** Called after every change. */
  onChange = () => {};

  /** @param {HTMLElement} stage what is looked through @param {HTMLElement} sheet what lies below it */
  constructor(stage, sheet) {
    this.#stage = stage;
    this.#sheet = sheet;
    new ResizeObserver(() => (this.#isFitted ? this.fit() : this.#place())).observe(stage);
  }

  /** Take the picture's size in px; one of another size is fitted anew. @param {number} width @param {number} height */
  setSize(width, height) {
    if (width === this.#width && height === this.#height) return;
    [this.#width, this.#height] = [width, height];
    this.fit();
  }

  get #fitting() {
    const { clientWidth, clientHeight } = this.#stage;
    const [width, height] = [clientWidth - 2 * MARGIN, clientHeight - 2 * MARGIN - CONTROLS];
    return Math.max(0.01, Math.min(width / this.#width, height / this.#height));
  }

  /** Show the whole picture, as large as it fits above the controls. */
  fit() {
    this.scale = this.#fitting;
    this.x = (this.#stage.clientWidth - this.#width * this.scale) / 2;
    this.y = (this.#stage.clientHeight - CONTROLS - this.#height * this.scale) / 2;
    this.#isFitted = true;
    this.#place();
  }

  /** Zoom by a factor about a place on the screen, or the middle. @param {number} factor @param {{clientX: number, clientY: number}} [at] */
  zoom(factor, at) {
    const { left, top, width, height } = this.#stage.getBoundingClientRect();
    const x = at ? at.clientX - left : width / 2;
    const y = at ? at.clientY - top : height / 2;
    const scale = Math.min(Math.max(this.scale * factor, this.#fitting / 2), Math.max(MAX_SCALE, this.#fitting));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.#isFitted = false;
    this.#place();
  }

  /** Zoom by steps: above 0 in, below 0 out. @param {number} steps */
  step(steps) {
    this.zoom(STEP ** steps);
  }

  /** @param {number} dx px of the screen @param {number} dy */
  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.#isFitted = false;
    this.#place();
  }

  /** Get the place in the picture, in its px, that is shown at a place on the screen. @param {{clientX: number, clientY: number}} at */
  toPicture({ clientX, clientY }) {
    const { left, top } = this.#stage.getBoundingClientRect();
    return { x: (clientX - left - this.x) / this.scale, y: (clientY - top - this.y) / this.scale };
  }

  /** Get the pixel at a place on the screen, or null beside the picture. @param {{clientX: number, clientY: number}} at @returns {[number, number]|null} */
  pixelAt(at) {
    const { x, y } = this.toPicture(at);
    const isWithin = x >= 0 && y >= 0 && x < this.#width && y < this.#height;
    return isWithin ? [Math.floor(x), Math.floor(y)] : null;
  }

  /** Get the box between two places on the screen, cut to the picture. @param {{clientX: number, clientY: number}} from @param {{clientX: number, clientY: number}} to */
  boxBetween(from, to) {
    const [one, other] = [this.toPicture(from), this.toPicture(to)];
    const [x0, x1] = between(one.x, other.x, this.#width);
    const [y0, y1] = between(one.y, other.y, this.#height);
    return { x0, y0, x1, y1 };
  }

  #place() {
    const { clientWidth, clientHeight } = this.#stage;
    this.x = clamp(this.x, KEPT_IN_SIGHT - this.#width * this.scale, clientWidth - KEPT_IN_SIGHT);
    this.y = clamp(this.y, KEPT_IN_SIGHT - this.#height * this.scale, clientHeight - KEPT_IN_SIGHT);
    this.#sheet.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.#sheet.style.setProperty("--zoom", String(this.scale));
    this.onChange();
  }
}

/** @param {number} value @param {number} least @param {number} most */
const clamp = (value, least, most) => Math.min(Math.max(value, Math.min(least, most)), Math.max(least, most));

/**
 * Sort two places, whole and within a side of this length.
 *
 * @param {number} one @param {number} other @param {number} side
 * @returns {[number, number]}
 */
function between(one, other, side) {
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  return [Math.floor(clamp(from, 0, side - 1)), Math.floor(clamp(to, 0, side - 1))];
}
