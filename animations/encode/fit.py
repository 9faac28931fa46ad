"""An animation made to keep a platform's rules: pixels, time, frames and bytes, with the least harm."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from animations.encode.containers.gif import encoder
from animations.encode.containers.webm.codec import CodecError
from animations.encode.delays import to_units
from animations.encode.fitting.canvas import Canvas, harden, put_on_canvas
from animations.encode.fitting.search import Found, Search
from animations.encode.fitting.smooth_colours import (
    gains_by_dither,
    has_smooth_colours,
    looks_better,
    similarity_from_afar,
)
from animations.encode.fitting.stages import Stage
from animations.encode.fitting.timeline import Timeline, keep_time
from animations.encode.frames import Released, merge_equal_frames
from animations.encode.platforms import DEFAULT_OPTIONS, Dither, ExportOptions, Platform, Prefer
from animations.encode.progress import Progress
from animations.encode.quality import DITHERED, QUALITY_SCALES, QualityScale
from animations.encode.visibility import drop_empty, name_frames
from animations.imaging.arrays import Frame

DITHER_WORDS: Final = "dithered: without the pattern, smooth colours show bands"


class CannotFit(Exception):
    """The animation cannot be made to keep the platform's rules; the message says why, for the person who asked."""


@dataclass(slots=True)
class Fitted:
    """A finished file with its measures (px, ms), and in plain words what was given up to keep the rules."""

    data: bytes
    width: int
    height: int
    frames: int
    duration_ms: int
    steps: tuple[str, ...]


def fit(
    frames: Iterable[Frame],
    delays_ms: Sequence[int],
    platform: Platform,
    indices: Sequence[int] | None = None,
    options: ExportOptions = DEFAULT_OPTIONS,
    progress: Progress | None = None,
) -> Fitted:
    """Encode `frames` (H×W×4 straight RGBA uint8, of one size) with their delays as a file that `platform` takes.

    Frames in which nothing shows are left out, their time lent to their neighbours. Free steps come first (equal
    neighbours become one frame, colour that nobody sees goes), then what `options` says is given up first. `frames`
    are taken one by one and once, so they may be decoded on the way. `indices` says where each stands among the
    frames that people count, if some of those are missing here. Raises `CannotFit`.
    """
    progress = progress or Progress()
    canvas = put_on_canvas(progress.read(frames, len(delays_ms)), platform)
    delays = _without_empty(canvas, delays_ms, indices)
    harden(canvas, platform, options.ground)
    delays = _merged(canvas, delays, platform)
    if len(canvas.pictures) == 1 < len(delays_ms):
        canvas.steps.append("stands still: only one picture is left that differs")
    time = keep_time(delays, platform, options.loops)
    canvas.pictures = [canvas.pictures[index] for index in time.kept]
    found = _encoded(canvas, time, platform, options, progress)
    steps = (*canvas.steps, *time.steps, *found.given_up)
    return Fitted(found.data, *found.size, len(found.delays_ms), sum(found.delays_ms), steps)


def _without_empty(canvas: Canvas, delays_ms: Sequence[int], indices: Sequence[int] | None) -> list[int]:
    """Take the frames in which nothing shows off the canvas, and return the delays of the others."""
    if not canvas.pictures or len(canvas.pictures) != len(delays_ms):
        raise CannotFit("There are no frames to export, or not one delay for each.")
    delays, empty = drop_empty(canvas.pictures, delays_ms)
    if len(empty) == len(canvas.pictures):
        raise CannotFit("Nothing shows in any frame.")
    for index in reversed(empty):
        del canvas.pictures[index]
        del canvas.drawn[index : index + 1]
    if empty:
        named = name_frames([indices[place] for place in empty] if indices else empty)
        canvas.steps.append(f"nothing shows in {named}: left out, the frame before stays on")
    return delays


def _merged(canvas: Canvas, delays: list[int], platform: Platform) -> list[int]:
    """Merge equal neighbours, and return delays in the format's units. Raises `CannotFit` for a forbidden still."""
    if platform.format == "GIF":
        delays = [units * encoder.UNIT_MS for units in to_units(delays, encoder.UNIT_MS, encoder.MIN_UNITS)]
    pictures, merged = merge_equal_frames(canvas.pictures, delays)
    if platform.frames_min <= 1:
        canvas.pictures = pictures
        return merged
    if len(pictures) == 1:
        raise CannotFit(f"Nothing moves: {platform.label} takes no frames that are all alike.")
    return delays


def _encoded(canvas: Canvas, time: Timeline, platform: Platform, options: ExportOptions, progress: Progress) -> Found:
    """Return the best file within the byte budget, if there is one. Raises `CannotFit`."""
    best = partial(_best_of, canvas, time, platform, options.prefer, progress)
    try:
        found = best(QUALITY_SCALES[platform.format])
        if found is not None and platform.format in DITHERED and options.dither != "off":
            stage = None if options.dither == "on" else found.stage
            dithered = partial(best, DITHERED[platform.format], stage)
            found = _dithered(canvas, time.delays_ms, options.dither, found, dithered)
    except CodecError as error:
        raise CannotFit(f"{platform.label}: the video could not be encoded. Try again.") from error
    if found is None:
        fewest = max(2, platform.frames_min)
        raise CannotFit(f"{platform.label}: more than {platform.bytes_max} bytes even with {fewest} frames.")
    return found


def _best_of(
    canvas: Canvas,
    time: Timeline,
    platform: Platform,
    prefer: Prefer | None,
    progress: Progress,
    scale: QualityScale,
    stage: Stage | None = None,
) -> Found | None:
    """Return the best file of one scale within the byte budget, of one stage if that is given; None if none fits."""
    delays, loops = time.delays_ms, time.loops
    height, width = canvas.pictures[0].shape[:2]
    if platform.bytes_max is None:
        pictures = Released(canvas.pictures) if scale.reads_once else canvas.pictures
        return Found(scale.plain.encode(progress.watch(pictures), delays, loops=loops), (width, height), delays, [])
    search = Search(canvas.pictures, delays, loops, platform, scale, progress)
    return search.at(stage) if stage else search.run(prefer)


def _dithered(
    canvas: Canvas, delays: list[int], asked: Dither | None, plain: Found, make: Callable[[], Found | None]
) -> Found:
    """Return the dithered file that `make` gives, said to be, if that is asked for or looks better than `plain`.

    It is made whole only where some frames gain in the palette of `plain`, and compared whole only where it has fewer
    colours. The canvas is left without its pictures: they need not lie beside those of the files.
    """
    pictures = canvas.pictures
    if asked is None and not (
        has_smooth_colours(pictures) and gains_by_dither(pictures, delays, plain.data, plain.size)
    ):
        return plain
    similarity = similarity_from_afar(pictures, delays)
    found = make()
    pictures.clear()
    if found is None:
        return plain
    costs = asked is None and found.given_up != plain.given_up
    if costs and not looks_better(found.data, plain.data, similarity):
        return plain
    return replace(found, given_up=[*found.given_up, DITHER_WORDS])
