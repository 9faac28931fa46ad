from hypothesis import given
from hypothesis import strategies as st

from animations.encode.delays import limit_rate, split_longest, stretch, thin_frames, to_units

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


@given(delay_lists, st.integers(1000, 4000))
def test_a_stretched_loop_lasts_exactly_as_long_as_asked(delays: list[int], total: int) -> None:
    stretched = stretch(delays, total)
    assert (len(stretched), sum(stretched)) == (len(delays), total)
    assert min(stretched) >= 1
    if sum(delays) == total:
        assert stretched == delays


@given(delay_lists, st.sampled_from([15, 30, 125]))
def test_no_second_has_more_frames_than_the_rate_and_the_length_stays(delays: list[int], fps: int) -> None:
    kept, limited = limit_rate(delays, fps)
    assert len(kept) == len(limited)
    assert kept == sorted(set(kept))
    assert min(limited) >= 1000 // fps
    assert 1000 * len(limited) <= fps * sum(limited) or min(delays) * fps >= 1000
    assert abs(sum(limited) - max(sum(delays), 1000 / fps)) <= 1000 / fps
    assert all(min(delays) * fps < 1000 or delay == before for delay, before in zip(limited, delays, strict=False))


def test_the_longest_frames_are_held_as_several() -> None:
    assert split_longest([500, 100], 4) == ([0, 0, 0, 1], [125, 125, 250, 100])
    assert split_longest([80, 80], 2) == ([0, 1], [80, 80])
