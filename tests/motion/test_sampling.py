"""Which moments of a clip become frames: their number, their times, and their sum."""

from __future__ import annotations

from random import Random

import pytest

from animations.motion.sampling import CannotSample, Moment, longest_stay, sample


def delays(moments: list[Moment]) -> list[int]:
    return [moment.delay_ms for moment in moments]


def test_a_short_clip_keeps_its_own_timing() -> None:
    assert sample([0, 40, 240, 300], 1000) == [
        Moment(0, 0, 40),
        Moment(1, 40, 200),
        Moment(2, 240, 60),
        Moment(3, 300, 700),
    ]


def test_a_part_of_it_begins_and_ends_where_it_was_asked_to() -> None:
    assert sample([0, 100, 200, 300, 400], 500, 150, 350) == [
        Moment(1, 150, 50),
        Moment(2, 200, 100),
        Moment(3, 300, 50),
    ]


def test_a_long_clip_is_cut_after_ten_seconds_and_thinned_to_sixty_frames() -> None:
    times = [round(index * 1000 / 30) for index in range(900)]
    moments = sample(times, 30_000, 2000)
    assert len(moments) == 60
    assert sum(delays(moments)) == 10_000
    assert set(delays(moments)) <= {166, 167}
    assert [moment.index for moment in moments[:3]] == [60, 65, 70]


def test_frames_a_second_are_even_steps() -> None:
    times = [round(index * 1000 / 30) for index in range(30)]
    moments = sample(times, 1000, fps=12)
    assert len(moments) == 12
    assert sum(delays(moments)) == 1000
    assert set(delays(moments)) <= {83, 84}
    assert [moment.index for moment in moments[:4]] == [0, 2, 5, 7]


def test_a_frame_that_is_met_again_is_one_moment() -> None:
    moments = sample([0, 500], 1000, fps=50)
    assert [(moment.index, moment.delay_ms) for moment in moments] == [(0, 500), (1, 500)]


def test_what_is_too_short_to_be_seen_is_merged_into_what_comes_next_to_it() -> None:
    moments = sample([0, 10, 100, 195], 200)
    assert [(moment.index, moment.delay_ms) for moment in moments] == [(1, 100), (2, 100)]


def test_every_total_is_exact_and_every_moment_long_enough() -> None:
    random = Random(7)
    for _ in range(200):
        gaps = [random.choice((5, 17, 33, 40, 41, 100, 900)) for _ in range(random.randint(2, 150))]
        times = [sum(gaps[:place]) for place in range(len(gaps))]
        start = random.randrange(0, sum(gaps) // 2)
        end = min(sum(gaps), start + random.randint(200, 10_000))
        fps = random.choice((None, 1, 12, 30, 50))
        try:
            moments = sample(times, sum(gaps), start, end, fps)
        except CannotSample:
            continue
        assert 2 <= len(moments) <= 60
        assert sum(delays(moments)) == end - start
        assert min(delays(moments)) >= 20
        assert [moment.index for moment in moments] == sorted({moment.index for moment in moments})
        assert moments[0].at_ms == start


@pytest.mark.parametrize(
    ("start", "end", "fps", "field"),
    [
        (-1, None, None, "start_ms"),
        (1000, None, None, "start_ms"),
        (500, 500, None, "end_ms"),
        (500, 1001, None, "end_ms"),
        (110, 190, None, "end_ms"),
        (110, 190, 50, "fps"),
    ],
)
def test_what_makes_no_loop_is_named(start: int, end: int | None, fps: int | None, field: str) -> None:
    with pytest.raises(CannotSample) as caught:
        sample(range(0, 1000, 100), 1000, start, end, fps)
    assert caught.value.field == field
    assert caught.value.message == str(caught.value)


def test_a_loop_is_no_longer_than_ten_seconds() -> None:
    with pytest.raises(CannotSample, match="10 s"):
        sample(range(0, 30_000, 500), 30_000, 0, 10_001)
    assert sum(delays(sample(range(0, 30_000, 500), 30_000, 0, 10_000))) == 10_000


def timeline(*stays: int) -> tuple[list[int], int]:
    """When each picture begins, and when the last one ends."""
    return [sum(stays[:place]) for place in range(len(stays))], sum(stays)


@pytest.mark.parametrize(
    ("stays", "kept"),
    [
        ((12_000, 100), [9900, 100]),
        ((100, 12_000), [100, 9900]),
        ((30_000, 30_000), [5000, 5000]),
        ((20_000, 20_000, 20_000), [3333, 3333, 3333]),
        ((3000,) * 20, [500] * 20),
        ((1000,) * 60, [166] * 60),
        ((9000, *[50] * 100), [5000, *[50] * 100]),
        ((9990, 20), [9980, 20]),
    ],
)
def test_long_stays_are_shortened_so_that_every_picture_is_kept(stays: tuple[int, ...], kept: list[int]) -> None:
    times, end = timeline(*stays)
    moments = sample(times, end)
    assert sum(delays(moments)) == sum(kept)
    if len(kept) <= 60:
        assert delays(moments) == kept
        assert [moment.index for moment in moments] == list(range(len(stays)))
        assert [moment.at_ms for moment in moments] == times


def test_a_long_stay_amid_a_long_movement_is_left_a_second() -> None:
    times, end = timeline(8000, *[100] * 300)
    moments = sample(times, end)
    assert moments[0].delay_ms == 1000
    assert sum(delays(moments)) == 10_000
    assert moments[-1].index > 80


def test_a_long_movement_is_cut_and_not_hurried() -> None:
    times, end = timeline(*[200] * 60)
    assert delays(sample(times, end)) == [200] * 50
    times, end = timeline(*[40] * 600, 20_000)
    assert longest_stay(times, end) is None, "the long stay comes after the loop's end"
    assert sum(delays(sample(times, end))) == 10_000


def test_who_names_an_end_gets_the_part_as_it_is() -> None:
    times, end = timeline(9000, 5000)
    assert delays(sample(times, end, 4000, 14_000)) == [5000, 5000]
    assert delays(sample(times, end, 6000, 10_000)) == [3000, 1000]
    with pytest.raises(CannotSample, match="one picture"):
        sample(*timeline(12_000, 100), 0, 10_000)


def test_the_stay_on_show_at_the_beginning_counts_from_there() -> None:
    times, end = timeline(500, 12_000, 100)
    assert delays(sample(times, end, 4500)) == [8000, 100]
    moments = sample(times, end, 600)
    assert delays(moments) == [9900, 100]
    assert [(moment.index, moment.at_ms) for moment in moments] == [(1, 600), (2, 12_500)]


def test_even_steps_see_the_shortened_clip() -> None:
    times, end = timeline(20_000, 20_000, 20_000)
    assert delays(sample(times, end, fps=1)) == [3333, 3333, 3333]
    assert [moment.index for moment in sample(*timeline(12_000, 200), fps=10)] == [0, 1]


def test_any_clip_of_two_pictures_or_more_makes_a_loop() -> None:
    random = Random(11)
    for _ in range(300):
        stays = [random.choice((20, 40, 100, 900, 1100, 5000, 15_000)) for _ in range(random.randint(2, 90))]
        while sum(stays) > 60_000:
            stays.pop(random.randrange(len(stays)))
        times, end = timeline(*stays)
        moments = sample(times, end)
        longest = longest_stay(times, end)
        assert 2 <= len(moments) <= 60
        assert sum(delays(moments)) <= 10_000
        assert longest is None or any(stay > longest for stay in stays[: moments[-1].index + 1])
