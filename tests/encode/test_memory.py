"""What a fit holds at once: sixty frames of 512 px weigh 63 MB, and a work-horse has no room for them twice."""

import tracemalloc

import pytest

from animations.encode.fit import Fitted, fit
from animations.encode.platforms import PLATFORMS
from tests.encode.drawings import noise

SIDE = 128
FRAME = SIDE * SIDE * 4
"""Bytes."""


def fitted(slug: str, count: int) -> tuple[Fitted, int]:
    """The file of `count` frames that are decoded on the way, and the peak in bytes while it was made."""
    frames = noise(count, SIDE)
    tracemalloc.start()
    try:
        made = fit((frame.copy() for frame in frames), [40] * count, PLATFORMS[slug])
        return made, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("slug", ["gif", "apng", "webp"])
def test_a_frame_more_costs_its_own_weight_and_that_of_its_file(slug: str) -> None:
    (few, low), (many, high) = fitted(slug, 12), fitted(slug, 60)
    of_the_file = 2 * (len(many.data) - len(few.data))
    assert high - low <= 1.2 * 48 * FRAME + of_the_file
