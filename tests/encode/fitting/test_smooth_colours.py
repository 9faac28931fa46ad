import numpy as np
import pytest

from animations.encode.fit import DITHER_WORDS, fit
from animations.encode.fitting.smooth_colours import has_smooth_colours, looks_better, similarity_from_afar
from animations.encode.platforms import PLATFORMS, ExportOptions
from animations.encode.platforms.options import Dither
from tests.encode.images import Frame, photo


def sky(count: int, levels: int = 256) -> list[Frame]:
    """Draw a sky that gets lighter towards the ground, in few or in all levels, and drifts."""
    across = np.linspace(0, 1, 128)
    drawn = np.dstack(
        np.broadcast_arrays(90 + 130 * across[:, None], 60 + 150 * across, 200 + 0 * across[:, None], 255)
    )
    step = 256 / levels
    frame = np.minimum(np.floor(drawn / step) * step, 255).astype(np.uint8)
    frame[..., 3] = 255
    return [np.roll(frame, 3 * index, 1) for index in range(count)]


def test_colours_are_smooth_that_change_little_by_little() -> None:
    assert has_smooth_colours(sky(3))
    assert not has_smooth_colours(photo(3))
    assert not has_smooth_colours(sky(3, levels=4)), "flat parts"
    assert not has_smooth_colours([np.zeros((32, 32, 4), np.uint8)])


def test_a_gif_of_smooth_colours_is_dithered_and_says_so() -> None:
    made = fit(sky(3), [80] * 3, PLATFORMS["gif"])
    plain = fit(sky(3), [80] * 3, PLATFORMS["gif"], options=ExportOptions(dither="off"))
    assert (made.steps, plain.steps) == ((DITHER_WORDS,), ())
    similarity = similarity_from_afar(sky(3), [80] * 3)
    assert looks_better(made.data, plain.data, similarity)
    assert not looks_better(plain.data, made.data, similarity)


@pytest.mark.parametrize(("asked", "is_dithered"), [(None, False), ("off", False), ("on", True)])
def test_what_is_not_smooth_is_dithered_only_if_that_is_asked_for(asked: Dither | None, is_dithered: bool) -> None:
    made = fit(photo(3), [80] * 3, PLATFORMS["gif"], options=ExportOptions(dither=asked))
    assert (DITHER_WORDS in made.steps) == is_dithered
    webp = fit(photo(3), [80] * 3, PLATFORMS["webp"], options=ExportOptions(dither=asked))
    assert webp.steps == ()


def test_a_dithered_file_keeps_the_limit_of_its_bytes() -> None:
    made = fit(sky(12), [80] * 12, PLATFORMS["slack"], options=ExportOptions(dither="on"))
    assert len(made.data) <= 128_000
    assert made.steps[-1] == DITHER_WORDS
