"""Draw small pictures and clips to upload."""

from __future__ import annotations

import io
from collections.abc import Sequence

import av
import numpy as np
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload

RED = "#c03018"


def ball(step: int) -> Image.Image:
    """Draw a red ball on white, 96×72, further to the right at each step."""
    picture = Image.new("RGB", (96, 72), "white")
    ImageDraw.Draw(picture).ellipse((8 + 10 * step, 20, 40 + 10 * step, 52), fill=RED)
    return picture


def blank() -> Image.Image:
    """Draw a frame with nothing to cut out."""
    return Image.new("RGB", (96, 72), "white")


def cut_out_ball() -> bytes:
    """Draw a ball on a transparent background, 64×64, as a PNG: it needs no matte."""
    picture = Image.new("RGBA", (64, 64))
    ImageDraw.Draw(picture).ellipse((8, 8, 56, 56), fill=RED)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def animation(frames: Sequence[Image.Image], delays_ms: int | list[int] = 100, kind: str = "GIF") -> bytes:
    """Write frames as an endless animation."""
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=delays_ms, loop=0)
    return file.getvalue()


def small_clip(frames: int) -> bytes:
    """Draw a ball that moves on white, 64×48, as a GIF."""
    return animation([ball(step % 5).resize((64, 48)) for step in range(frames)], 60)


def animated_file(kind: str, delays_ms: Sequence[int]) -> FilePayload:
    """Draw a moving ball, as Playwright wants it for a file field."""
    ending = kind.lower()
    content = animation([ball(step) for step in range(len(delays_ms))], list(delays_ms), kind)
    return {"name": f"ball.{ending}", "mimeType": f"image/{ending}", "buffer": content}


def video_file(seconds: int) -> FilePayload:
    """Draw a WebM at 10 frames a second."""
    file = io.BytesIO()
    with av.open(file, "w", "webm") as film:
        stream = film.add_stream("libvpx", rate=10)
        stream.width, stream.height = 96, 72
        for step in range(10 * seconds):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(ball(step % 5)), format="rgb24")))
        film.mux(stream.encode())
    return {"name": "ball.webm", "mimeType": "video/webm", "buffer": file.getvalue()}
