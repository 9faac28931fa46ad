/**
 * Read whether a file is animated, and when its frames begin, from its bytes: a browser does not tell how long a GIF
 * runs. A damaged file is read as far as possible; the server checks it anyway.
 *
 * GIF: https://www.w3.org/Graphics/GIF/spec-gif89a.txt, APNG: https://www.w3.org/TR/png-3/#11AnimationChunks,
 * WebP: https://developers.google.com/speed/webp/docs/riff_container, AVIF and HEIC: ISO/IEC 14496-12
 */

/**
 * @typedef {object} Clip
 * @property {number|null} duration ms; null where it is unknown
 * @property {number[]|null} times when each frame begins, in ms from 0; null where only the server can tell
 * @property {number|null} frames
 */

const IGNORED_DELAY_MS = 10;
const DEFAULT_DELAY_MS = 100;
const MAX_CLIP_FRAMES = 6000;

/** Read a clip; null for a still picture or an unknown format. @param {File} file @returns {Promise<Clip|null>} */
export async function readClip(file) {
  const stays = staysOf(new DataView(await file.arrayBuffer()));
  if (stays.length < 2) return null;
  const times = [0];
  for (const stay of stays) times.push(/** @type {number} */ (times.at(-1)) + stay);
  const duration = /** @type {number} */ (times.pop());
  return { duration, times, frames: times.length };
}

/** Read how long each frame stays, in ms. @param {DataView} data @returns {number[]} */
function staysOf(data) {
  const kind = text(data, 4, 4) === "ftyp" ? "ftyp" : text(data, 0, 4);
  const read = { "GIF8": gif, "\x89PNG": apng, "RIFF": webp, "ftyp": sequence }[kind];
  return read ? [...read(data)].map((ms) => (ms <= IGNORED_DELAY_MS ? DEFAULT_DELAY_MS : Math.round(ms))) : [];
}

/** @param {DataView} data @param {number} at @param {number} length */
function text(data, at, length) {
  let found = "";
  for (let place = at; place < Math.min(at + length, data.byteLength); place++) {
    found += String.fromCharCode(data.getUint8(place));
  }
  return found;
}

/** @param {DataView} data @returns {Generator<number>} */
function* gif(data) {
  const [EXTENSION, IMAGE, CONTROL] = [0x21, 0x2c, 0xf9];
  let at = afterPalette(data, 10, 13);
  let stay = 0;
  while (at + 10 < data.byteLength) {
    const block = data.getUint8(at);
    if (block === IMAGE) {
      at = afterBlocks(data, afterPalette(data, at + 9, at + 10) + 1);
      if (at > data.byteLength) return;
      yield stay;
      stay = 0;
    } else if (block === EXTENSION) {
      if (data.getUint8(at + 1) === CONTROL) stay = data.getUint16(at + 4, true) * 10;
      at = afterBlocks(data, at + 2);
    } else return;
  }
}

/** Skip the palette, if the flags announce one. @param {DataView} data @param {number} flagsAt @param {number} at */
function afterPalette(data, flagsAt, at) {
  const flags = flagsAt < data.byteLength ? data.getUint8(flagsAt) : 0;
  return flags & 0x80 ? at + (3 << ((flags & 7) + 1)) : at;
}

/** Skip the sub-blocks that begin at `at`; the result is past the file's end if they are cut off. @param {DataView} data @param {number} at */
function afterBlocks(data, at) {
  while (at < data.byteLength && data.getUint8(at)) at += data.getUint8(at) + 1;
  return at + 1;
}

/** @param {DataView} data @returns {Generator<number>} */
function* apng(data) {
  for (let at = 8; at + 12 <= data.byteLength; at += data.getUint32(at) + 12) {
    if (text(data, at + 4, 4) !== "fcTL" || at + 34 > data.byteLength) continue;
    yield (1000 * data.getUint16(at + 28)) / (data.getUint16(at + 30) || 100);
  }
}

/** @param {DataView} data @returns {Generator<number>} */
function* webp(data) {
  for (let at = 12; at + 24 <= data.byteLength; ) {
    const length = data.getUint32(at + 4, true);
    if (text(data, at, 4) === "ANMF" && at + 8 + length <= data.byteLength) yield data.getUint32(at + 20, true) & 0xffffff;
    at += 8 + length + (length % 2);
  }
}

/** Read the times of the first track of an ISO media file. @param {DataView} data @returns {Generator<number>} */
function* sequence(data) {
  const tracks = boxes(data, 0, data.byteLength, "moov").flatMap((movie) => boxes(data, movie.at, movie.end, "trak"));
  const media = tracks.flatMap((track) => boxes(data, track.at, track.end, "mdia"));
  const hasAlpha = media.some((box) => boxes(data, box.at, box.end, "hdlr").some(({ at }) => text(data, at + 8, 4) === "auxv"));
  // Of a HEIC sequence with an alpha track the server takes the first picture only.
  if (media[0] && (!hasAlpha || text(data, 8, 64).includes("avis"))) yield* timesOf(data, media[0]);
}

/** @param {DataView} data @param {{at: number, end: number}} media @returns {Generator<number>} */
function* timesOf(data, media) {
  const [clock] = boxes(data, media.at, media.end, "mdhd");
  const unit = clock ? data.getUint32(clock.at + (data.getUint8(clock.at) === 1 ? 20 : 12)) : 1000;
  for (const part of boxes(data, media.at, media.end, "minf")) {
    for (const table of boxes(data, part.at, part.end, "stbl")) {
      for (const times of boxes(data, table.at, table.end, "stts")) {
        for (let at = times.at + 8; at + 8 <= times.end; at += 8) {
          const count = Math.min(data.getUint32(at), MAX_CLIP_FRAMES);
          for (let frame = 0; frame < count; frame++) yield (1000 * data.getUint32(at + 4)) / unit;
        }
      }
    }
  }
}

/** Find the contents of the boxes of this name. @param {DataView} data @param {number} from @param {number} to @param {string} name */
function boxes(data, from, to, name) {
  const found = [];
  for (let at = from; at + 8 <= to; ) {
    const end = at + (data.getUint32(at) || to - at);
    if (end < at + 8 || end > to) break; // cut off, or with a 64-bit length: none of these boxes is so large
    if (text(data, at + 4, 4) === name) found.push({ at: at + 8, end });
    at = end;
  }
  return found;
}
