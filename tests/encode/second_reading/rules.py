"""The rules of the 21 platforms, written by hand once more, and what of them a file breaks."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.encode.second_reading.facts import Facts, read_facts

FOR_EVER, ANY = (0, 0), None
Sides = Callable[[int, int], bool]


@dataclass(frozen=True)
class Rules:
    """The limits of a platform in px, bytes and ms; 0 is no limit. `lengths` are the only ones a play may have."""

    format: str
    sides: Sides
    bytes: int = 0
    plays: tuple[int, int] | None = FOR_EVER
    frames: tuple[int, int] = (1, 0)
    play_ms: int = 0
    all_plays_ms: int = 0
    lengths: tuple[int, ...] = ()
    per_second: int = 0
    delay_ms: int = 0


def _side(*sides: int) -> Sides:
    return lambda width, height: width == height and width in sides


def _square(least: int, most: int) -> Sides:
    return lambda width, height: width == height and least <= width <= most


def _within(wide: int, high: int, longest_from: int = 0) -> Sides:
    return lambda width, height: width <= wide and height <= high and max(width, height) >= longest_from


ANY_SIZE = _within(1 << 16, 1 << 16)
BROKEN = (AssertionError, ValueError, LookupError, StopIteration, struct.error, zipfile.BadZipFile)
RULES: dict[str, Rules] = {
    "slack": Rules("GIF", _side(128), 128_000, frames=(1, 50)),
    "discord_emoji": Rules("GIF", _side(128), 256_000),
    "discord_sticker": Rules("APNG", _side(320), 512_000, play_ms=5000),
    "telegram_emoji": Rules("WebM", _side(100), 256_000, plays=ANY, play_ms=3000, per_second=30),
    "telegram_sticker": Rules("WebM", _within(512, 512, 512), 256_000, plays=ANY, play_ms=3000, per_second=30),
    "line_emoji": Rules(
        "APNG", _side(180), 300_000, plays=(1, 4), frames=(5, 20), all_plays_ms=4000, lengths=(1000, 2000, 3000, 4000)
    ),
    "line_sticker": Rules("APNG", _within(320, 270, 270), 300_000, plays=(1, 4), frames=(5, 20), all_plays_ms=4000),
    "kakao": Rules("GIF", _side(360), 2_000_000, frames=(1, 24)),
    "whatsapp": Rules("WebP", _side(512), 500_000, play_ms=10_000, delay_ms=8),
    "twitch": Rules("GIF", _square(112, 4096), 1_000_000, frames=(1, 60)),
    "signal": Rules("APNG", _square(1, 512), 300_000, play_ms=3000),
    "imessage": Rules("APNG", _side(300, 408, 618), 500_000, plays=ANY),
    "teams": Rules("GIF", ANY_SIZE, 256_000),
    "mattermost": Rules("GIF", _within(1028, 1028), 512_000, frames=(1, 32)),
    "zulip": Rules("GIF", ANY_SIZE, 5_242_880),
    "gif": Rules("GIF", ANY_SIZE, plays=ANY),
    "apng": Rules("APNG", ANY_SIZE, plays=ANY),
    "webp": Rules("WebP", ANY_SIZE, plays=ANY),
    "avif": Rules("AVIF", ANY_SIZE, plays=ANY),
    "webm": Rules("WebM", ANY_SIZE, plays=ANY),
    "png_zip": Rules("PNG ZIP", ANY_SIZE, plays=ANY),
}


def broken_rules(data: bytes, slug: str) -> list[str]:
    """Return the rules of the platform that the file breaks, by what its bytes say; none if it keeps all."""
    rules = RULES[slug]
    try:
        facts = read_facts(data)
    except BROKEN as error:
        return [f"it cannot be read: {error!r}"]
    return [*_size(facts, len(data), rules), *_time(facts, rules)]


def _size(facts: Facts, size: int, rules: Rules) -> Iterator[str]:
    if facts.format != rules.format:
        yield f"format: {facts.format}"
    if not rules.sides(facts.width, facts.height):
        yield f"pixels: {facts.width}×{facts.height}"
    if rules.bytes and size > rules.bytes:
        yield f"bytes: {size}"
    least, most = rules.frames
    if not least <= len(facts.delays_ms) <= (most or len(facts.delays_ms)):
        yield f"frames: {len(facts.delays_ms)}"


def _time(facts: Facts, rules: Rules) -> Iterator[str]:
    if len(facts.delays_ms) == 1:
        return
    if rules.plays is not None and not rules.plays[0] <= (facts.plays or 0) <= rules.plays[1]:
        yield f"plays: {facts.plays}"
    if rules.play_ms and facts.play_ms > rules.play_ms:
        yield f"length: {facts.play_ms} ms"
    if rules.all_plays_ms and facts.play_ms * max(1, facts.plays or 0) > rules.all_plays_ms:
        yield f"length: {facts.plays} × {facts.play_ms} ms"
    if rules.lengths and facts.play_ms not in rules.lengths:
        yield f"length: {facts.play_ms} ms"
    if rules.per_second and 1000 * len(facts.delays_ms) > rules.per_second * (facts.play_ms + 1):
        yield f"frames a second: {1000 * len(facts.delays_ms) / facts.play_ms:.1f}"
    if len(facts.delays_ms) > 1 and min(facts.delays_ms) < rules.delay_ms:
        yield f"delay: {min(facts.delays_ms)} ms"
