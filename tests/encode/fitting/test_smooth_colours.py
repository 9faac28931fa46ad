from collections.abc import Callable
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest

from animations.encode.containers.gif import encoder
from animations.encode.fit import DITHER_WORDS, Fitted, fit
from animations.encode.fitting.smooth_colours import (
    gains_by_dither,
    has_smooth_colours,
    looks_better,
    similarity_from_afar,
)
from animations.encode.palette import learn_palette
from animations.encode.platforms import PLATFORMS, ExportOptions
from animations.encode.platforms.options import Dither
from tests.encode.images import Frame, photo, rolling


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


def gains(frames: list[Frame]) -> bool:
    plain = encoder.encode(frames, [80] * len(frames), 256)
    return gains_by_dither(frames, [80] * len(frames), plain, (128, 128))


def test_bands_gain_by_dither_and_colours_that_the_palette_holds_do_not() -> None:
    assert gains(sky(3))
    assert not gains(rolling(3, 128))


@pytest.mark.parametrize(("draw", "times"), [(sky, 2), (lambda count: rolling(count, 128), 1), (photo, 1)])
def test_a_gif_is_encoded_whole_once_more_only_where_it_gains(
    draw: Callable[[int], list[Frame]], times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = Mock(wraps=learn_palette)
    monkeypatch.setattr(encoder, "learn_palette", learn)
    fit(draw(3), [80] * 3, PLATFORMS["gif"])
    assert learn.call_count == times


def fit_to(budget: int) -> tuple[Fitted, Fitted]:
    """Return the plain file within so many bytes, and the one that is made unasked."""
    platform = replace(PLATFORMS["slack"], bytes_max=budget)
    plain, made = (fit(sky(24), [80] * 24, platform, options=ExportOptions(dither=asked)) for asked in ("off", None))
    assert gains_by_dither(sky(24), [80] * 24, plain.data, (plain.width, plain.height))
    return plain, made


def test_a_dithered_file_of_fewer_colours_is_taken_only_if_it_looks_better_all_the_same() -> None:
    plain, made = fit_to(128_000)
    assert made == plain


def test_no_frame_is_given_up_for_dither() -> None:
    plain, made = fit_to(48_000)
    assert made.frames == plain.frames


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
