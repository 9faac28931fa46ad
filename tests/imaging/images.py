"""Draw pixel art, and what only looks like it: H×W×4 straight RGBA."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from animations.imaging.arrays import Frame


def seen_colours(frames: Iterable[Frame]) -> set[tuple[int, ...]]:
    """Return the straight RGBA of all pixels that are not clear."""
    found: set[bytes] = set()
    for frame in frames:
        pixels = np.ascontiguousarray(frame[frame[..., 3] > 0])
        found |= {code.tobytes() for code in np.unique(pixels.view(np.uint32))}
    return {tuple(code) for code in found}


def sprite(side: int, colours: int = 4) -> Frame:
    """Draw rectangles in a few colours on nothing, down to single pixels."""
    random = np.random.default_rng(side)
    palette = random.integers(0, 256, (colours, 3))
    drawn = np.zeros((side, side, 4), np.uint8)
    for number in range(12 * colours):
        x, y = random.integers(1, max(2, side - 2), 2)
        width, height = random.integers(1, max(2, side // 4), 2)
        drawn[y : min(side - 1, y + height), x : min(side - 1, x + width)] = (*palette[number % colours], 255)
    return drawn


def ball(side: int) -> Frame:
    """Draw a ball shaded in five steps, with a hard outline."""
    y, x = np.mgrid[:side, :side]
    ramp = np.array([(255, 240, 200), (250, 190, 90), (220, 120, 50), (150, 60, 40), (80, 30, 40)], np.uint8)
    steps = np.clip(6 * np.hypot(x - side * 0.4, y - side * 0.35) / side, 0, 4).astype(int)
    inside = np.hypot(x - side / 2 + 0.5, y - side / 2 + 0.5) < side * 0.45
    return np.where(inside[..., None], np.dstack((ramp[steps], np.full((side, side), 255, np.uint8))), np.uint8(0))


def photo(side: int) -> Frame:
    """Draw smooth colours with a little grain, as a camera sees them."""
    random = np.random.default_rng(side)
    coarse = random.integers(0, 256, (6, 6, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC) + random.normal(0, 3, (side, side, 3))
    return opaque(np.clip(smooth, 0, 255).astype(np.uint8))


def as_jpeg(picture: Frame) -> Frame:
    _, data = cv2.imencode(".jpg", picture[..., :3], [cv2.IMWRITE_JPEG_QUALITY, 90])
    decoded: Frame | None = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return opaque(decoded)


def gradient(side: int, step: int = 1) -> Frame:
    level = np.linspace(0, 255, side).astype(np.uint8) // step * step
    return opaque(np.repeat(np.repeat(level[None, :, None], side, axis=0), 3, axis=2))


def cartoon(side: int, colours: int | None = None) -> Frame:
    """Draw a face with antialiased outlines, as it is, or as a GIF of so many colours has it."""
    large = Image.new("RGB", (8 * side, 8 * side), "white")
    pen, unit = ImageDraw.Draw(large), side
    pen.ellipse((unit, unit, 7 * unit, 7 * unit), fill=(250, 205, 80), outline=(40, 30, 20), width=unit // 2)
    for x in (2.8, 5.2):
        pen.ellipse((x * unit - unit / 2, 3 * unit, x * unit + unit / 2, 4 * unit), fill=(40, 30, 20))
    pen.chord((2.5 * unit, 3.5 * unit, 5.5 * unit, 6 * unit), 20, 160, fill=(200, 50, 70))
    small = large.resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray((small.quantize(colours) if colours else small).convert("RGBA"))


def text(side: int, *, greys: int | None = None, clear: bool = False) -> Frame:
    """Draw antialiased letters on white or on nothing."""
    image = Image.new("RGBA", (side, side), (255, 255, 255, 0 if clear else 255))
    ImageDraw.Draw(image).text((1, 1), "Ag", font=ImageFont.load_default(side // 2), fill=(0, 0, 0, 255))
    return np.asarray(image.convert("RGB").quantize(greys).convert("RGBA") if greys else image)


def opaque(rgb: Frame) -> Frame:
    return np.dstack((rgb, np.full(rgb.shape[:2], 255, np.uint8)))
