import math
from itertools import pairwise

import pytest

from animations.encode.quality import QUALITY_SCALES, best_step
from tests.encode.images import photo, rolling


class Sizes:
    """Bytes per step, counting how often they were measured."""

    def __init__(self, *sizes: int) -> None:
        self.sizes, self.asked = sizes, 0

    def __call__(self, step: int) -> int:
        self.asked += 1
        return self.sizes[step]


HALVING = [1000 * 2 ** (10 - step) for step in range(11)]


@pytest.mark.parametrize("start", [0, 3, 10])
@pytest.mark.parametrize("budget", [1000, 1500, 9000, 64_000, 10**7])
@pytest.mark.parametrize("slope", [0.05, 0.7, 3.0])
def test_the_best_step_within_the_budget_is_found_from_anywhere(start: int, budget: int, slope: float) -> None:
    sizes = Sizes(*HALVING)
    best = next(step for step, size in enumerate(HALVING) if size <= budget)
    assert best_step(sizes, budget, 10, start, slope) == best
    assert sizes.asked <= 8


def test_nothing_is_found_when_not_even_the_floor_fits() -> None:
    assert best_step(Sizes(*HALVING), 999, 10, 0, 0.7) is None
    assert best_step(Sizes(*HALVING), 3000, 8, 0, 0.7) is None


def test_the_search_is_content_with_93_percent() -> None:
    sizes = Sizes(120, 99, 95, 94, 50)
    assert best_step(sizes, 100, 4, 2, 0.1) == 2
    assert sizes.asked == 1


def test_sizes_that_do_not_fall_evenly_end_the_search_all_the_same() -> None:
    for budget in (100, 130, 160, 199):
        step = best_step(Sizes(200, 205, 150, 155, 120, 90, 95, 10), budget, 7, 0, 0.1)
        assert step is not None
        assert (200, 205, 150, 155, 120, 90, 95, 10)[step] <= budget


@pytest.mark.parametrize("format_", ["GIF", "APNG", "WebP"])
def test_each_scale_falls_in_bytes_about_as_fast_as_its_slope(format_: str) -> None:
    scale = QUALITY_SCALES[format_]  # type: ignore[index]
    frames = [*photo(1, 64), *rolling(2)]
    sizes = [len(step.encode(frames, [50] * 3)) for step in scale.steps]
    assert all(after <= before * 1.05 for before, after in pairwise(sizes))
    assert sizes[-1] < sizes[0] * 0.5
    measured = math.log(sizes[0] / sizes[scale.floors[0]]) / scale.floors[0]
    assert scale.slope / 3 < measured < scale.slope * 3
    assert scale.floors[0] < scale.floors[1] < scale.floors[2] == len(scale.steps) - 1
