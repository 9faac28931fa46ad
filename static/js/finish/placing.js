/** Place a loop on the canvas of a file, as `animations/finish/placing.py` does. */

/**
 * @import { Finish } from "../schema.js"
 * @import { Loop } from "./measure.js"
 *
 * @typedef {[number, number]} Pair of width and height, or of x and y
 * @typedef {{left: number, top: number, right: number, bottom: number}} Room the px that layers need round what shows
 * @typedef {{scale: number, left: number, top: number, flip: boolean, block: number}} Placing
 * @typedef {{width: number, height: number, exact: boolean, square: boolean, sides: number[], longest_min: number}} SizeRule
 *   the sizes that a platform takes, as `encode/platforms/platform.py` has them
 */

/** Get the canvas of a platform for pictures of a size: as small as it may be, and no smaller than the pictures. @param {SizeRule} rule @param {Pair} size @returns {Pair} */
export function canvasSize(rule, [width, height]) {
  const [wide, high] = targetSize(rule, width, height);
  const grow = Math.max(1, width / wide, height / high);
  return [roundEven(wide * grow), roundEven(high * grow)];
}

/** @param {SizeRule} rule @param {number} width @param {number} height @returns {Pair} */
function targetSize(rule, width, height) {
  if (!rule.width || (!rule.exact && isTaken(rule, width, height))) return [width, height];
  if (rule.exact) return [rule.width, rule.height];
  const longest = Math.max(width, height);
  if (rule.sides.length) {
    const fitting = rule.sides.filter((side) => side <= longest);
    const side = fitting.length ? Math.max(...fitting) : Math.min(...rule.sides);
    return [side, side];
  }
  if (rule.square) {
    const side = Math.min(Math.max(longest, rule.longest_min), rule.width);
    return [side, side];
  }
  const scale = Math.min(rule.width / width, rule.height / height);
  return [Math.max(1, roundEven(width * scale)), Math.max(1, roundEven(height * scale))];
}

/** @param {SizeRule} rule @param {number} width @param {number} height */
function isTaken(rule, width, height) {
  if ((rule.square || rule.sides.length) && width !== height) return false;
  if (rule.sides.length) return rule.sides.includes(width);
  return width <= rule.width && height <= rule.height && Math.max(width, height) >= rule.longest_min;
}

/** Find where on a canvas a loop stands. @param {Loop} loop @param {Finish["placement"]} placement @param {Pair} canvas @param {Room} room @returns {Placing} */
export function placeLoop(loop, placement, canvas, room) {
  const [left, top, right, bottom] = loop.box;
  const low = /** @type {Pair} */ ([placement.flip ? loop.size[0] - right : left, top]);
  const length = /** @type {Pair} */ ([right - left, bottom - top]);
  let [scale, grid] = [scaleOf(loop, placement, canvas, room, length), 1];
  if (loop.block) {
    const whole = placement.fit === "cover" ? Math.ceil(loop.block * scale) : Math.floor(loop.block * scale + 1e-6);
    grid = Math.max(1, whole);
    scale = grid / loop.block;
  }
  const corner = cornerOf(loop, placement, canvas, room, low, length, scale);
  const at = (/** @type {0|1} */ axis) => roundEven((corner[axis] - low[axis] * scale) / grid) * grid;
  return { scale, left: at(0), top: at(1), flip: placement.flip, block: loop.block ? grid : 0 };
}

/** @param {Loop} loop @param {Finish["placement"]} placement @param {Pair} canvas @param {Room} room @param {Pair} length */
function scaleOf({ size }, { fit, zoom }, canvas, room, length) {
  if (fit === "cover") return Math.max(canvas[0] / length[0], canvas[1] / length[1]) * zoom;
  const free = [Math.max(1, canvas[0] - room.left - room.right), Math.max(1, canvas[1] - room.top - room.bottom)];
  return Math.min(canvas[0] / size[0], canvas[1] / size[1], (free[0] ?? 1) / length[0], (free[1] ?? 1) / length[1]) * zoom;
}

/** Get where the box begins, in px of the canvas. @param {Loop} loop @param {Finish["placement"]} placement @param {Pair} canvas @param {Room} room @param {Pair} low @param {Pair} length @param {number} scale @returns {Pair} */
function cornerOf({ size }, { fit, x, y, ground }, canvas, room, low, length, scale) {
  const contained = Math.min(canvas[0] / size[0], canvas[1] / size[1]);
  const start = (/** @type {0|1} */ axis, /** @type {number} */ before, /** @type {number} */ after) => {
    const long = length[axis] * scale;
    const centred = (canvas[axis] - long) / 2;
    if (fit === "cover") return centred;
    const shift = (contained * (2 * low[axis] + length[axis] - size[axis])) / 2;
    return intoRoom(centred + shift, long, before, canvas[axis] - after);
  };
  const left = start(0, room.left, room.right) + canvas[0] * x;
  if (ground !== null) return [left, ground * canvas[1] - length[1] * scale];
  return [left, start(1, room.top, room.bottom) + canvas[1] * y];
}

/** Move a length into the room that is left; one that is longer is centred there. @param {number} corner @param {number} length @param {number} low @param {number} high */
function intoRoom(corner, length, low, high) {
  if (length >= high - low) return (low + high - length) / 2;
  return Math.min(Math.max(corner, low), Math.max(low, high - length));
}

/** Round as Python does: halves to the even number. @param {number} value */
export function roundEven(value) {
  const whole = Math.floor(value);
  if (value - whole !== 0.5) return Math.round(value);
  return whole % 2 ? whole + 1 : whole;
}
