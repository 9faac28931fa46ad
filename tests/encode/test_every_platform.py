"""Six kinds of animation on each of the platforms: every file is made, keeps every rule, and plays what was drawn.

The rules are written here once more, by hand, and the files are read by another decoder than the product's.
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

COUNT, DELAY = 5, 100

# slug: format, bytes, frames, longest play in ms, sizes that a picture of 96×96 px may get
RULES: dict[str, tuple[str, int, int, int, set[int]]] = {
    "slack": ("GIF", 128_000, 50, 0, {128}),
    "discord_emoji": ("GIF", 256_000, 0, 0, {128}),
    "discord_sticker": ("PNG", 512_000, 0, 5000, {320}),
    "telegram_emoji": ("WebM", 256_000, 90, 3000, {100}),
    "telegram_sticker": ("WebM", 256_000, 90, 3000, {512}),
    "line_emoji": ("PNG", 300_000, 20, 4000, {180}),
    "line_sticker": ("PNG", 300_000, 20, 4000, {270}),
    "kakao": ("GIF", 2_000_000, 24, 0, {360}),
    "whatsapp": ("WEBP", 500_000, 0, 10_000, {512}),
    "twitch": ("GIF", 1_000_000, 60, 0, {112}),
    "signal": ("PNG", 300_000, 0, 3000, {96}),
    "imessage": ("PNG", 500_000, 0, 0, {300, 408, 618}),
    "teams": ("GIF", 256_000, 0, 0, {96}),
    "mattermost": ("GIF", 512_000, 32, 0, {96}),
    "zulip": ("GIF", 5_242_880, 0, 0, {96}),
    "gif": ("GIF", 0, 0, 0, {96}),
    "apng": ("PNG", 0, 0, 0, {96}),
    "webp": ("WEBP", 0, 0, 0, {96}),
    "avif": ("AVIF", 0, 0, 0, {96}),
    "webm": ("WebM", 0, 0, 0, {96}),
    "png_zip": ("ZIP", 0, 0, 0, {96}),
}


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
        assert looks_right(made.data, slug, kind), kind


def looks_right(data: bytes, slug: str, kind: str) -> bool:
    """Read the file with Pillow (of a WebM, only what its bytes say) and hold it against the rules above."""
    form, most_bytes, most_frames, longest, sides = RULES[slug]
    if most_bytes and len(data) > most_bytes:
        return False
    if form == "WebM":
        return data.startswith(b"\x1aE\xdf\xa3") and b"V_VP9" in data and b"A_" not in data[:400]
    if form == "ZIP":
        return zip_holds_all(data, drawn(kind))
    with Image.open(io.BytesIO(data)) as image:
        if image.format != form or image.size[0] not in sides or image.size[1] not in sides:
            return False
    if form == "AVIF":
        return True
    frames, delays, loop = played(data)
    if (most_frames and len(frames) > most_frames) or (longest and sum(delays) * max(loop or 0, 1) > longest):
        return False
    if slug == "kakao":
        return all((frame[..., 3] == 255).all() and frame[0, 0].min() >= 250 for frame in frames)
    return all(frame[..., 3].any() for frame in frames)


def zip_holds_all(data: bytes, frames: tuple[Frame, ...]) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = json.loads(archive.read("sheet.json"))
        assert sum(entry["duration"] for entry in sheet["frames"]) == COUNT * DELAY
        shown = [np.array(Image.open(archive.open(entry["filename"])).convert("RGBA")) for entry in sheet["frames"]]
    kept, _ = merge_equal_frames(frames, [DELAY] * COUNT)
    return all(np.abs(on(a, 255) - on(b, 255)).max() < 1 for a, b in zip(kept, shown, strict=True))
