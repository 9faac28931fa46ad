"""Values that staff set in place of the table's: how each is written, read and held against the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from animations.encode.platforms.platform import FOR_EVER, Platform

Value = int | float | bool | list[int] | None
"""A value as JSON has it; None is "no rule"."""
SIZES: Final = ("width", "height", "exact", "square", "sides", "longest_min")
"""The rules of `SizeRule`; the others are the platform's own."""


class BadRule(ValueError):
    """A value that a rule cannot have; the message says which it can, for the person who set it."""


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A kind of rule: its label, the function that reads its text, and the values that it takes in words."""

    label: str
    read: Callable[[str], Value]
    takes: str


def _whole(least: int, most: int, nothing: Value = None) -> tuple[Callable[[str], Value], str]:
    """Return a reader of one number, and its words; an empty text is `nothing`."""

    def read(text: str) -> Value:
        if not text:
            return nothing
        return _number(text, least, most)

    return read, f"a whole number from {least} to {most}, or nothing for no rule"


def _number(text: str, least: int, most: int) -> int:
    digits = text.replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12 and least <= int(digits) <= most):
        raise BadRule(f"“{text}” is no whole number from {least} to {most}.")
    return int(digits)


def _several(least: int, most: int) -> tuple[Callable[[str], Value], str]:
    def read(text: str) -> Value:
        return sorted({_number(part, least, most) for part in text.split()})

    return read, f"whole numbers from {least} to {most} with spaces between, or nothing for no rule"


def _loops(text: str) -> Value:
    if not text:
        return None
    least, _, most = text.replace("-", "–").partition("–")
    pair = [_number(least.strip(), 0, 100), _number(most.strip() or least.strip(), 0, 100)]
    if pair[0] > pair[1] or (FOR_EVER in pair and pair != [FOR_EVER, FOR_EVER]):
        raise BadRule(f"“{text}” is neither 0 nor a range such as 1–4.")
    return pair


def _yes(text: str) -> Value:
    if text.casefold() not in ("yes", "no"):
        raise BadRule(f"“{text}” is neither yes nor no.")
    return text.casefold() == "yes"


def _margin(text: str) -> Value:
    try:
        share = float(text or "0")
    except ValueError:
        share = -1.0
    if not 0 <= share <= MAX_MARGIN:
        raise BadRule(f"“{text}” is no share from 0 to {MAX_MARGIN}.")
    return share


MAX_MARGIN: Final = 0.3
YES_OR_NO: Final = (_yes, "yes or no")
RULES: Final[dict[str, RuleKind]] = {
    "width": RuleKind("largest width, px", *_whole(16, 4096, 0)),
    "height": RuleKind("largest height, px", *_whole(16, 4096, 0)),
    "exact": RuleKind("exactly this size", *YES_OR_NO),
    "square": RuleKind("square", *YES_OR_NO),
    "sides": RuleKind("the only sides of a square, px", *_several(16, 4096)),
    "longest_min": RuleKind("longer side at least, px", *_whole(16, 4096, 0)),
    "bytes_max": RuleKind("bytes at most", *_whole(1_000, 100_000_000)),
    "frames_min": RuleKind("frames at least", *_whole(1, 60, 1)),
    "frames_max": RuleKind("frames at most", *_whole(1, 1_000)),
    "duration_max_ms": RuleKind("time at most, ms", *_whole(100, 60_000)),
    "durations_ms": RuleKind("the only times of one play, ms", *_several(100, 60_000)),
    "delay_min_ms": RuleKind("time of a frame at least, ms", *_whole(0, 1_000, 0)),
    "fps_max": RuleKind("frames a second at most", *_whole(1, 100)),
    "flashes_max": RuleKind("flashes a second at most", *_whole(1, 60)),
    "loops": RuleKind("plays", _loops, "0 for ever, a number or a range such as 1–4, or nothing for any"),
    "opaque": RuleKind("on white, nothing transparent", *YES_OR_NO),
    "margin": RuleKind("free on each side, share", _margin, f"a share from 0 to {MAX_MARGIN}"),
}
"""By the name of the field that holds it."""


def read_value(rule: str, text: str) -> Value:
    """Read what somebody wrote for a rule. Raises `BadRule`."""
    return RULES[rule].read(text.strip())


def value_of(platform: Platform, rule: str) -> Value:
    """Return a rule's value as JSON has it."""
    value = getattr(platform.pixels if rule in SIZES else platform, rule)
    return list(value) if isinstance(value, tuple) else value


def write_value(rule: str, value: Value) -> str:
    """Write a rule's value as `read_value` reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and rule == "loops":
        return "–".join(map(str, sorted(set(value))))
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value) if value else ""


def with_values(platform: Platform, values: Mapping[str, Value]) -> Platform:
    """Return `platform` with these values of rules. Raises `BadRule` where they cannot all be kept."""
    fields = {rule: tuple(value) if isinstance(value, list) else value for rule, value in values.items()}
    sizes: dict[str, Any] = {rule: value for rule, value in fields.items() if rule in SIZES}
    others: dict[str, Any] = {rule: value for rule, value in fields.items() if rule not in SIZES}
    changed = replace(platform, pixels=replace(platform.pixels, **sizes), **others)
    _check_together(changed)
    return changed


def _check_together(platform: Platform) -> None:
    pixels, longest = platform.pixels, platform.duration_max_ms
    side = max(pixels.width, pixels.height)
    wrong = {
        "Set both width and height, or neither.": bool(pixels.width) != bool(pixels.height),
        "No side can be longer than width and height.": max((pixels.longest_min, *pixels.sides)) > side,
        "An exact size has no other sides.": pixels.exact and bool(pixels.sides),
        "A square has one width and height.": (pixels.square or bool(pixels.sides)) and pixels.width != pixels.height,
        "Fewer frames at most than at least.": platform.frames_min > (platform.frames_max or platform.frames_min),
        "One play takes longer than all may.": max(platform.durations_ms, default=0) > (longest or 60_000),
        "The frames do not fit into the time.": platform.frames_min * platform.delay_min_ms > (longest or 60_000),
    }
    for words, is_wrong in wrong.items():
        if is_wrong:
            raise BadRule(words)
