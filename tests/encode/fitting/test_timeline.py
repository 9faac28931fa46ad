from dataclasses import replace

import pytest

from animations.encode.fitting.timeline import count_plays, keep_time, play_length
from animations.encode.platforms import PLATFORMS

LINE, TELEGRAM, WHATSAPP = (PLATFORMS[slug] for slug in ("line_emoji", "telegram_emoji", "whatsapp"))


@pytest.mark.parametrize(("total", "length"), [(640, 1000), (1400, 1000), (1420, 2000), (9000, 4000)])
def test_a_line_emoji_plays_the_nearest_whole_second(total: int, length: int) -> None:
    assert play_length(total, LINE) == length


def test_other_speed_is_said_with_its_reason() -> None:
    time = keep_time([80] * 12, LINE)
    assert (sum(time.delays_ms), time.loops) == (1000, 4)
    assert time.steps == ["plays slower, in 1 s instead of 0.96 s: LINE emoji takes 1, 2, 3 or 4 s"]
    time = keep_time([100] * 60, TELEGRAM)
    assert time.steps[0] == "plays faster, in 3 s instead of 6 s: Telegram emoji takes at most 3 s"
    assert (sum(time.delays_ms), len(time.kept)) == (3000, 60)


def test_what_keeps_every_rule_is_left_as_it_is() -> None:
    time = keep_time([40, 120, 80], PLATFORMS["telegram_sticker"])
    assert (time.kept, time.delays_ms, time.loops, time.steps) == ([0, 1, 2], [40, 120, 80], 0, [])


def test_no_more_than_thirty_frames_a_second_are_kept() -> None:
    time = keep_time([20] * 60, TELEGRAM)
    assert (len(time.kept), sum(time.delays_ms)) == (36, 1200)
    assert min(time.delays_ms) >= 33
    assert time.steps == ["36 of 60 frames kept, in the same time: no more a second are taken"]


def test_a_short_frame_is_not_shorter_than_whatsapp_takes_after_the_whole_was_made_faster() -> None:
    time = keep_time([1000] * 59 + [20], WHATSAPP)
    assert sum(time.delays_ms) <= 10_000
    assert min(time.delays_ms) >= 8


def test_frames_are_held_as_several_where_a_platform_asks_for_more() -> None:
    time = keep_time([500, 500], LINE)
    assert (len(time.kept), sum(time.delays_ms), sorted(set(time.kept))) == (5, 1000, [0, 1])
    assert "frames are held as several, 5 in all: the platform's least" in time.steps


def test_plays_are_as_many_as_asked_if_the_platform_and_its_format_can() -> None:
    assert [count_plays(1000, LINE, asked) for asked in (0, 1, 4)] == [4, 1, 4]
    assert count_plays(3000, LINE, 4) == 1
    assert count_plays(1500, PLATFORMS["line_sticker"], 0) == 2
    assert count_plays(1000, PLATFORMS["imessage"], 3) == 3
    assert count_plays(1000, PLATFORMS["slack"], 3) == 0
    assert keep_time([100], PLATFORMS["slack"], 3).steps == ["plays for ever: Slack emoji takes nothing else"]
    assert keep_time([100], PLATFORMS["webm"], 3).steps == ["plays for ever: WebM cannot say how often"]
    assert keep_time([100], replace(PLATFORMS["gif"]), 3).loops == 3
