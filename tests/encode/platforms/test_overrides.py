from __future__ import annotations

import pytest

from animations.encode.fit import fit
from animations.encode.platforms import PLATFORMS, limits
from animations.encode.platforms.overrides import (
    RULES,
    BadRule,
    Value,
    read_value,
    value_of,
    with_values,
    write_value,
)
from animations.encode.verify import verify
from tests.encode.images import rolling


def test_every_value_of_the_table_is_written_as_it_is_read() -> None:
    for platform in PLATFORMS.values():
        for rule in RULES:
            value = value_of(platform, rule)
            assert read_value(rule, write_value(rule, value)) == value, (platform.slug, rule)
        assert with_values(platform, {rule: value_of(platform, rule) for rule in RULES}) == platform


@pytest.mark.parametrize(
    ("rule", "text", "value"),
    [
        ("bytes_max", " 64,000 ", 64_000),
        ("bytes_max", "", None),
        ("frames_min", "", 1),
        ("loops", "1-4", [1, 4]),
        ("loops", "2", [2, 2]),
        ("loops", "0", [0, 0]),
        ("loops", "", None),
        ("durations_ms", "2000, 1000 2000", [1000, 2000]),
        ("sides", "", []),
        ("opaque", "Yes", True),
        ("margin", "0.1", 0.1),
    ],
)
def test_a_value_is_read_as_people_write_it(rule: str, text: str, value: Value) -> None:
    assert read_value(rule, text) == value


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("bytes_max", "128 kB"),
        ("bytes_max", "0"),
        ("bytes_max", "-5"),
        ("bytes_max", "٣٠٠٠"),
        ("bytes_max", "9" * 400),
        ("fps_max", "1000"),
        ("loops", "4–1"),
        ("loops", "0–3"),
        ("loops", "a–b"),
        ("durations_ms", "1000,2000"),
        ("opaque", "maybe"),
        ("margin", "nan"),
        ("margin", "0.5"),
        ("margin", "half"),
    ],
)
def test_a_value_that_a_rule_does_not_take_is_refused_by_name(rule: str, text: str) -> None:
    with pytest.raises(BadRule, match=r"“.+” is n"):
        read_value(rule, text)


@pytest.mark.parametrize(
    ("slug", "values", "words"),
    [
        ("slack", {"width": 64, "square": True}, "A square"),
        ("gif", {"width": 64}, "Set both"),
        ("line_emoji", {"frames_max": 4}, "Fewer frames"),
        ("line_emoji", {"duration_max_ms": 3000}, "One play"),
        ("line_emoji", {"delay_min_ms": 1000}, "do not fit"),
        ("telegram_sticker", {"width": 256, "height": 256}, "No side"),
        ("imessage", {"sides": [300, 700]}, "No side"),
        ("twitch", {"width": 512}, "A square"),
        ("slack", {"sides": [64]}, "An exact size"),
    ],
)
def test_values_that_cannot_all_be_kept_are_refused(slug: str, values: dict[str, Value], words: str) -> None:
    with pytest.raises(BadRule, match=words):
        with_values(PLATFORMS[slug], values)


def test_a_changed_rule_is_what_is_fitted_and_proven() -> None:
    small = with_values(PLATFORMS["slack"], {"width": 64, "height": 64, "frames_max": 4, "bytes_max": 6_000})
    made = fit(rolling(8), [80] * 8, small)
    assert (made.width, made.frames <= 4, len(made.data) <= 6_000) == (64, True, True)
    assert verify(made.data, small).ok
    assert [check.rule for check in verify(made.data, PLATFORMS["slack"]).checks if not check.ok] == ["pixels"]


def test_what_is_limited_anew_is_said_in_words() -> None:
    changed: dict[str, Value] = {"frames_min": 5, "durations_ms": [1000], "flashes_max": 2, "sides": [96]}
    found = limits(with_values(PLATFORMS["gif"], changed | {"width": 96, "height": 96}))
    assert found["frames"] == "≥ 5"
    assert (found["duration_ms"], found["flashes"], found["pixels"]) == ("1000", 2, "square, 96")
