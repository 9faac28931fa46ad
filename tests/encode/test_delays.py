from hypothesis import given
from hypothesis import strategies as st

from animations.encode.delays import thin_frames, to_units

delay_lists = st.lists(st.integers(20, 1000), min_size=1, max_size=60)


def test_rounding_is_spread_over_the_frames() -> None:
    assert to_units([25] * 6, 10) == [3, 2, 3, 2, 3, 2]
    assert to_units([33] * 9, 10) == [3, 4, 3, 3, 4, 3, 3, 3, 4]


def test_no_delay_falls_below_the_least() -> None:
    assert to_units([5, 5, 5], 10, least=2) == [2, 2, 2]


@given(delay_lists)
def test_the_total_is_off_by_less_than_a_unit(delays: list[int]) -> None:
    assert abs(sum(to_units(delays, 10)) * 10 - sum(delays)) <= 5


@given(delay_lists, st.integers(1, 60))
def test_fewer_frames_take_the_same_time_and_begin_at_their_own(delays: list[int], count: int) -> None:
    kept, longer = thin_frames(delays, count)
    assert len(kept) == len(longer) == min(count, len(delays))
    assert kept[0] == 0
    begins = [sum(delays[:index]) for index in kept]
    assert begins == [sum(longer[:place]) for place in range(len(kept))]
    assert sum(longer) == sum(delays)


def test_kept_frames_are_evenly_spread() -> None:
    assert thin_frames([10] * 9, 3) == ([0, 3, 6], [30, 30, 30])
