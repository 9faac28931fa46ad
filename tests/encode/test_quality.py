import math
from itertools import pairwise

import pytest

from animations.encode.quality import LADDERS, best_rung
from tests.encode.images import photo, rolling


class Sizes:
    """Bytes per rung, counting how often they were measured."""

    def __init__(self, *sizes: int) -> None:
        self.sizes, self.asked = sizes, 0

    def __call__(self, rung: int) -> int:
        self.asked += 1
        return self.sizes[rung]


HALVING = [1000 * 2 ** (10 - rung) for rung in range(11)]


@pytest.mark.parametrize("start", [0, 3, 10])
@pytest.mark.parametrize("budget", [1000, 1500, 9000, 64_000, 10**7])
@pytest.mark.parametrize("slope", [0.05, 0.7, 3.0])
def test_the_best_rung_within_the_budget_is_found_from_anywhere(start: int, budget: int, slope: float) -> None:
    sizes = Sizes(*HALVING)
    best = next(rung for rung, size in enumerate(HALVING) if size <= budget)
    assert best_rung(sizes, budget, 10, start, slope) == best
    assert sizes.asked <= 8


def test_nothing_is_found_when_not_even_the_floor_fits() -> None:
    assert best_rung(Sizes(*HALVING), 999, 10, 0, 0.7) is None
    assert best_rung(Sizes(*HALVING), 3000, 8, 0, 0.7) is None


def test_the_search_is_content_with_93_percent() -> None:
    sizes = Sizes(120, 99, 95, 94, 50)
    assert best_rung(sizes, 100, 4, 2, 0.1) == 2
    assert sizes.asked == 1


def test_sizes_that_do_not_fall_evenly_end_the_search_all_the_same() -> None:
    for budget in (100, 130, 160, 199):
        rung = best_rung(Sizes(200, 205, 150, 155, 120, 90, 95, 10), budget, 7, 0, 0.1)
        assert rung is not None
        assert (200, 205, 150, 155, 120, 90, 95, 10)[rung] <= budget


@pytest.mark.parametrize("format_", ["GIF", "APNG", "WebP"])
def test_each_ladder_goes_down_in_bytes_about_as_fast_as_it_says(format_: str) -> None:
    ladder = LADDERS[format_]  # type: ignore[index]
    frames = [*photo(1, 64), *rolling(2)]
    sizes = [len(rung.encode(frames, [50] * 3)) for rung in ladder.rungs]
    assert all(after <= before * 1.05 for before, after in pairwise(sizes))
    assert sizes[-1] < sizes[0] * 0.5
    measured = math.log(sizes[0] / sizes[ladder.floors[0]]) / ladder.floors[0]
    assert ladder.slope / 3 < measured < ladder.slope * 3
    assert ladder.floors[0] < ladder.floors[1] < ladder.floors[2] == len(ladder.rungs) - 1
