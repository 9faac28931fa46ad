import numpy as np
import pytest

from animations.encode.containers import webp
from animations.encode.fitting.similarity import Similarity, frame_at
from tests.encode.images import rolling

FRAMES, DELAYS = rolling(8, 96), [50] * 8


@pytest.fixture
def similarity() -> Similarity:
    return Similarity(FRAMES, DELAYS)


def test_the_same_pictures_are_wholly_alike_and_worse_ones_are_less(similarity: Similarity) -> None:
    assert similarity.of(FRAMES.__getitem__, DELAYS) == pytest.approx(1, abs=1e-5)
    noisy = [np.clip(frame + np.random.default_rng(1).integers(-40, 40, frame.shape), 0, 255) for frame in FRAMES]
    speckled = similarity.of(lambda index: noisy[index].astype(np.uint8), DELAYS)
    still = similarity.of(lambda _: FRAMES[0], DELAYS)
    assert 0 < speckled < 0.9
    assert still < 0.8, "a frame that is missed is a loss, too"


def test_a_file_is_measured_as_it_plays(similarity: Similarity) -> None:
    good, bad = (similarity.of_file(webp.encode(FRAMES, DELAYS, quality, quality)) for quality in (90, 1))
    assert 1 > good > 0.95 > bad
    fewer = similarity.of_file(webp.encode(FRAMES[::4], [200, 200], 90, 90))
    assert fewer < good - 0.05


def test_a_smaller_picture_is_compared_at_the_size_of_the_source(similarity: Similarity) -> None:
    smaller = [frame[::2, ::2] for frame in FRAMES]
    assert 0.5 < similarity.of(smaller.__getitem__, DELAYS) < 0.99


def test_the_frame_of_a_moment_is_the_one_that_is_shown_then() -> None:
    assert [frame_at([10, 20, 30], time) for time in (0, 9, 10, 29, 30, 59, 60)] == [0, 0, 1, 1, 2, 2, 2]
    assert frame_at([0], 25) == 0
