"""Sixty frames of 512 px weigh 63 MB, and a worker has 300 for all: a second copy of them is one too many."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import psutil
import pytest

from animations.encode.containers import avif, png_zip, webp
from animations.encode.containers.webm import codec as webm
from animations.encode.containers.webm.client import CHILD, CLIENT
from animations.encode.frames import Released
from animations.encode.quality import QUALITY_SCALES
from tests.bench.exports.memory import LIMIT_MB, measure_memory
from tests.encode.images import Frame, ball, rolling
from tests.processes import command_line

ONE_BY_ONE: dict[str, Callable[[Iterable[Frame], Sequence[int]], bytes]] = {
    "AVIF": partial(avif.encode, quality=85),
    "WebP": partial(webp.encode, quality=90, alpha_quality=90),
    "PNG ZIP": png_zip.encode,
}
AT_ONCE = {"AVIF": 2, "WebP": 2, "PNG ZIP": 4}
"""Of a ZIP, a row of the sheet, which is three of eight, beside the one that comes."""


@pytest.mark.parametrize("kind", ONE_BY_ONE)
def test_an_encoder_that_reads_once_lets_each_frame_go(kind: str) -> None:
    given: list[weakref.ref[Frame]] = []
    alive = []

    def frames() -> Iterator[Frame]:
        for place in range(8):
            frame = ball(32, place / 8)
            given.append(weakref.ref(frame))
            alive.append(sum(each() is not None for each in given))
            yield frame
            del frame

    assert ONE_BY_ONE[kind](frames(), [50] * 8)
    assert max(alive) <= AT_ONCE[kind]
    assert kind in {name for name, scale in QUALITY_SCALES.items() if scale.reads_once}


def test_released_frames_are_had_once_and_let_go() -> None:
    frames = rolling(3)
    first = weakref.ref(frames[0])
    released = Released(frames)
    assert (frames, len(released)) == ([], 3)
    assert released[0] is not None
    assert first() is None
    assert [frame is None for frame in released] == [True, False, False]


def test_the_child_that_encodes_a_video_holds_its_frames_in_a_file() -> None:
    assert rss_of_child(40) - rss_of_child(2) < 15e6, "38 frames weigh 25 MB in the encoder's colours"


def rss_of_child(count: int) -> int:
    """Return the bytes of memory of a new child that has encoded so many frames of 512 px."""
    CLIENT.stop()
    webm.encode((rolling(2, 512) * count)[:count], [50] * count, crf=63)
    (child,) = [each for each in psutil.Process().children() if CHILD in command_line(each)]
    return int(child.memory_info().rss)


@pytest.mark.parametrize("slug", ["png_zip", "telegram_sticker"])
def test_a_worker_its_work_horse_and_their_encoder_make_the_heaviest_files_within_their_memory(slug: str) -> None:
    assert measure_memory(slug)[0] <= LIMIT_MB
