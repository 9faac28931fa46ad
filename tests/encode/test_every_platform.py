"""Six kinds of animation on each of the platforms: every file is made, keeps every rule, and plays what was drawn.

The rules are written once more by hand, and read from the bytes by code that shares nothing with the product's.
"""

import io
import json
import zipfile
from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image

from animations.encode.fit import fit
from animations.encode.frames import merge_equal_frames
from animations.encode.platforms import PLATFORMS
from animations.encode.verify import verify
from tests.encode.images import Frame, ball, on, photo, played
from tests.encode.second_reading.rules import RULES, broken_rules

COUNT, DELAY = 5, 100


def cartoon(at: float) -> Frame:
    return ball(96, at)


def glow(at: float) -> Frame:
    frame = ball(96, at, 30)
    frame[..., 3] = cv2.GaussianBlur(frame[..., 3], (0, 0), 5)
    return frame


def words(at: float) -> Frame:
    alpha = np.zeros((96, 96), np.uint8)
    cv2.putText(alpha, "HI", (8, 60 + round(10 * np.sin(2 * np.pi * at))), cv2.FONT_HERSHEY_DUPLEX, 1.8, 255, 4, 16)
    return np.dstack([np.full((96, 96, 3), (20, 60, 200), np.uint8), alpha])


def hair(at: float) -> Frame:
    alpha = np.zeros((96, 96), np.uint8)
    for angle in np.arange(0, 2 * np.pi, 0.2) + at:
        end = (48 + 40 * np.cos(angle), 48 + 40 * np.sin(angle))
        cv2.line(alpha, (48, 48), (round(end[0]), round(end[1])), 255, 1, 16)
    return np.dstack([np.full((96, 96, 3), (90, 50, 20), np.uint8), alpha])


def pixel_art(at: float) -> Frame:
    art = np.zeros((12, 12, 4), np.uint8)
    shift = round(3 * at) % 3
    art[3:9, 2 + shift : 8 + shift] = (230, 60, 60, 255)
    art[5, 4 + shift] = art[5, 6 + shift] = (20, 20, 20, 255)
    return np.kron(art, np.ones((8, 8, 1), np.uint8))


KINDS: dict[str, Callable[[float], Frame]] = {
    "cartoon": cartoon, "glow": glow, "words": words, "hair": hair, "pixel art": pixel_art,
}  # fmt: skip


@cache
def drawn(kind: str) -> tuple[Frame, ...]:
    return tuple(photo(COUNT, 96)) if kind == "photo" else tuple(KINDS[kind](at / COUNT) for at in range(COUNT))


@pytest.mark.parametrize("slug", PLATFORMS)
def test_every_kind_of_animation_keeps_every_rule_of_every_platform(slug: str) -> None:
    for kind in (*KINDS, "photo"):
        made = fit(drawn(kind), [DELAY] * COUNT, PLATFORMS[slug])
        report = verify(made.data, PLATFORMS[slug])
        assert report.ok, (kind, report.checks)
        measured = (report.width, report.height, report.frames, report.duration_ms)
        assert measured == (made.width, made.height, made.frames, made.duration_ms), kind
        assert report.duration_ms == (1000 if slug == "line_emoji" else COUNT * DELAY), kind
        assert report.frames == COUNT or (kind == "pixel art" and report.frames < COUNT), kind
        assert broken_rules(made.data, slug) == [], kind
        assert looks_right(made.data, slug, kind), kind


def looks_right(data: bytes, slug: str, kind: str) -> bool:
    """Look at what Pillow shows of the file, where it can: of a GIF, an APNG, a WebP and a ZIP."""
    form = RULES[slug].format
    if form == "PNG ZIP":
        return zip_holds_all(data, drawn(kind))
    if form in ("WebM", "AVIF"):
        return True
    frames, _, _ = played(data)
    if slug == "kakao":
        return all((frame[..., 3] == 255).all() and frame[0, 0].min() >= 250 for frame in frames)
    return all(frame[..., 3].any() for frame in frames)


def test_the_second_reading_has_rules_of_its_own_for_every_platform_and_sees_what_breaks_them() -> None:
    assert set(RULES) == set(PLATFORMS)
    made = fit(drawn("cartoon"), [DELAY] * COUNT, PLATFORMS["discord_emoji"])
    assert broken_rules(made.data, "slack") == []
    assert broken_rules(made.data, "line_emoji") == [
        "format: GIF", "pixels: 128×128", "plays: 0", "length: 500 ms",
    ]  # fmt: skip
    assert broken_rules(made.data[:-5], "slack")[0].startswith("it cannot be read")
    assert broken_rules(b"GIF89a", "slack")[0].startswith("it cannot be read")


def zip_holds_all(data: bytes, frames: tuple[Frame, ...]) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = json.loads(archive.read("sheet.json"))
        assert sum(entry["duration"] for entry in sheet["frames"]) == COUNT * DELAY
        shown = [np.array(Image.open(archive.open(entry["filename"])).convert("RGBA")) for entry in sheet["frames"]]
    kept, _ = merge_equal_frames(frames, [DELAY] * COUNT)
    return all(np.abs(on(a, 255) - on(b, 255)).max() < 1 for a, b in zip(kept, shown, strict=True))
