"""Draw a caption: one line of text in the font that comes with the product, with a stroke, straight or bent."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from animations.finish.layers import put_under
from animations.finish.options import Caption
from animations.imaging.arrays import Plane, Premultiplied, Size

FONT: Final = Path(__file__).parent / "fonts" / "Pretendard-ExtraBold.woff2"
FONT_SIZE: Final = 128
"""The px in which text is drawn, before it is shrunk to its place."""
STROKE: Final = 14
"""Px at that size."""
MAX_WIDTH: Final = 0.96
"""Of the canvas's width."""
MAX_LETTERS: Final = 0.2
"""Of the canvas's longer side, for the height of a line."""
MAX_HEIGHT: Final = 0.35
"""Of the canvas's height, for a bent line."""
MAX_ANGLE: Final = math.radians(150)


def draw_caption(caption: Caption, canvas: Size) -> Premultiplied:
    """Draw a caption as large as it may be on a canvas: just its own pixels, premultiplied, 0 to 255."""
    line = _trim(_bend(_draw_line(caption), caption.arc))
    height, width = line.shape[:2]
    scale = min(
        MAX_LETTERS * max(canvas) / FONT_SIZE, MAX_WIDTH * canvas[0] / width, MAX_HEIGHT * canvas[1] / height, 1
    )
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(line, size, interpolation=cv2.INTER_AREA), np.float32)


def _draw_line(caption: Caption) -> Premultiplied:
    letters = _draw_text(caption.text, 0)
    line = np.zeros((*letters.shape, 4), np.float32)
    put_under(line, letters, caption.colour)
    if caption.stroke:
        put_under(line, _draw_text(caption.text, STROKE), caption.stroke)
    return line


def _draw_text(text: str, stroke: int) -> Plane:
    """Draw how far text covers each pixel (0 to 1), with room for a stroke whether it has one or not."""
    left, top, right, bottom = load_font().getbbox(text, stroke_width=STROKE)
    picture = Image.new("L", (math.ceil(right - left), math.ceil(bottom - top)))
    place = (-left, -top)
    ImageDraw.Draw(picture).text(place, text, fill=255, font=load_font(), stroke_width=stroke, stroke_fill=255)
    return np.asarray(picture, np.float32) / np.float32(255)


@lru_cache(maxsize=1)
def load_font() -> ImageFont.FreeTypeFont:
    """Load the font once; it takes 40 ms."""
    return ImageFont.truetype(FONT, FONT_SIZE)


def _bend(line: Premultiplied, arc: float) -> Premultiplied:
    """Bend a line round a circle: by an `arc` of 1 the middle is the highest, by −1 the lowest."""
    height, width = line.shape[:2]
    angle = min(abs(arc) * MAX_ANGLE, width / height)
    if angle < math.radians(2):
        return line
    radius, half = width / angle, height / 2
    across = math.ceil(2 * (radius + half) * math.sin(min(angle, math.pi) / 2))
    down = math.ceil(radius + half - (radius - half) * math.cos(angle / 2))
    x = np.arange(across, dtype=np.float32) - (across - 1) / 2
    y = np.float32(radius + half) - np.arange(down, dtype=np.float32)[:, None]
    from_x = np.arctan2(x, y) * radius + (width - 1) / 2
    from_y = radius + half - np.hypot(x, y)
    if arc < 0:
        from_y = (height - 1 - from_y)[::-1]
        from_x = from_x[::-1]
    return np.asarray(cv2.remap(line, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR))


def _trim(line: Premultiplied) -> Premultiplied:
    """Return the part of a line that shows."""
    left, top, width, height = cv2.boundingRect((line[..., 3] >= 1).astype(np.uint8))
    return line[top : top + max(1, height), left : left + max(1, width)]
