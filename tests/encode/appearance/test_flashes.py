from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from animations.encode.appearance.flashes import count_flashes, to_linear

Colour = tuple[float, float, float]
BLACK, WHITE, RED, BLUE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def flashes(colours: Sequence[Colour], delay_ms: int, area: float = 1.0, rest: Colour = BLACK) -> tuple[int, int]:
    """Count flashes of a picture of 100 px of which `area` has each of these linear colours in turn."""
    frames = np.empty((len(colours), 100, 3), np.float32)
    frames[:] = rest
    for frame, colour in zip(frames, colours, strict=True):
        frame[: round(100 * area)] = colour
    return count_flashes(frames, [delay_ms] * len(colours))


def grey(level: float) -> Colour:
    return (level, level, level)


@pytest.mark.parametrize(("delay_ms", "expected"), [(500, 1), (200, 2), (167, 3), (125, 4), (50, 10)])
def test_each_change_to_light_and_back_within_a_second_is_a_flash(delay_ms: int, expected: int) -> None:
    assert flashes([BLACK, WHITE], delay_ms) == (expected, 0)


@pytest.mark.parametrize(
    ("dark", "light", "counts"),
    [(0.5, 0.59, False), (0.5, 0.61, True), (0.79, 0.95, True), (0.81, 1.0, False), (0.0, 0.11, True)],
)
def test_a_change_counts_from_a_tenth_on_where_the_darker_is_below_four_fifths(
    dark: float, light: float, counts: bool
) -> None:
    assert flashes([grey(dark), grey(light)], 100)[0] == (5 if counts else 0)


def test_a_fade_in_small_steps_is_one_change() -> None:
    ramp = [grey(level / 20) for level in range(21)]
    assert flashes([*ramp, *reversed(ramp)], 12)[0] == 2, "one rise and one fall in 504 ms"


def test_flashes_count_from_a_quarter_of_the_picture_on() -> None:
    assert flashes([BLACK, WHITE], 50, area=0.25)[0] == 10
    assert flashes([BLACK, WHITE], 50, area=0.24)[0] == 0


def test_the_second_with_the_most_flashes_counts_also_over_the_seam() -> None:
    calm_then_quick = [BLACK] * 20 + [WHITE, BLACK] * 3 + [WHITE]
    assert flashes(calm_then_quick, 60)[0] == 4, "the seam is the end of the fourth"


def test_a_saturated_red_flashes_where_its_luminance_does_not() -> None:
    equal_in_luminance = (0.0, 0.2126 / 0.7152, 0.0)
    assert flashes([RED, equal_in_luminance], 100) == (0, 5)
    assert flashes([(0.5, 0.3, 0.3), equal_in_luminance], 100)[1] == 0, "a pale red is none"
    assert flashes([RED, (1.0, 0.12, 0.12)], 100)[1] == 0, "both are red"
    assert flashes([BLUE, (0.0, 0.09, 0.1)], 100)[1] == 0


def test_colours_are_read_as_srgb() -> None:
    assert to_linear(np.array([0.0, 0.5, 1.0], np.float32)) == pytest.approx([0.0, 0.2140, 1.0], abs=1e-3)
