"""Animations drawn for the tests, and files read back the way a player sees them."""

import io

import av
import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageSequence

Frame = npt.NDArray[np.uint8]


def ball(side: int, at: float, radius: float | None = None) -> Frame:
    """Draw a shaded ball with a soft edge, on nothing, that goes once round as `at` goes from 0 to 1."""
    ys, xs = np.mgrid[:side, :side].astype(np.float32)
    x, y = side * (0.5 + 0.2 * np.sin(2 * np.pi * at)), side * (0.5 + 0.1 * np.cos(2 * np.pi * at))
    radius = side / 5 if radius is None else radius
    distance = np.hypot(xs - x, ys - y)
    frame = np.zeros((side, side, 4), np.uint8)
    frame[..., 0] = np.clip(250 - (xs - x) * 120 / side, 0, 255)
    frame[..., 1] = np.clip(140 - (ys - y) * 160 / side, 0, 255)
    frame[..., 2] = np.clip(60 + distance * 200 / side, 0, 255)
    frame[..., 3] = np.clip((radius + 0.5 - distance) * 255, 0, 255)
    return frame


def rolling(count: int, side: int = 64) -> list[Frame]:
    return [ball(side, index / count) for index in range(count)]


def noise(count: int, side: int = 128) -> list[Frame]:
    random = np.random.default_rng(7)
    return [random.integers(0, 256, (side, side, 4), dtype=np.uint8) for _ in range(count)]


def photo(count: int, side: int = 128) -> list[Frame]:
    """Draw opaque clouds in every colour, drifting: as hard for a palette as a photograph."""
    random = np.random.default_rng(3)
    clouds = [cv2.GaussianBlur(random.random((side, side, 3), dtype=np.float32), (0, 0), 2.0) for _ in range(2)]
    frames = []
    for index in range(count):
        mixed = sum(np.roll(cloud, (2 * index, index * (layer + 1)), (0, 1)) for layer, cloud in enumerate(clouds))
        level = cv2.normalize(np.asarray(mixed), None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
        frames.append(np.dstack([level, np.full((side, side), 255, np.uint8)]))
    return frames


def played(data: bytes) -> tuple[list[Frame], list[int], int | None]:
    """Read the frames of a file as Pillow shows them (RGBA), their delays (ms), and the loop count that it states."""
    frames, delays = [], []
    with Image.open(io.BytesIO(data)) as image:
        loop = image.info.get("loop")
        for frame in ImageSequence.Iterator(image):
            frame.load()
            delays.append(round(frame.info["duration"]))
            frames.append(np.array(frame.convert("RGBA")))
    return frames, delays, loop


def read_by_ffmpeg(data: bytes) -> list[Frame]:
    """Read the frames of a GIF or APNG as FFmpeg shows them (RGBA)."""
    with av.open(io.BytesIO(data), "r") as file:
        return [np.asarray(frame.to_ndarray(format="rgba"), np.uint8) for frame in file.decode(video=0)]


def on(frame: Frame, level: int) -> npt.NDArray[np.float32]:
    """Lay `frame` on a grey background, float32 in [0,255]."""
    alpha = frame[..., 3:].astype(np.float32) / 255
    return np.asarray(frame[..., :3] * alpha + level * (1 - alpha), np.float32)


def psnr_inside(frame: Frame, shown: Frame) -> float:
    """Measure the PSNR in dB on black and white over the pixels that are visible in `frame`."""
    inside = frame[..., 3] > 0
    squares = [np.square(on(frame, level) - on(shown, level))[inside].mean() for level in (0, 255)]
    return float(10 * np.log10(255**2 / max(float(np.mean(squares)), 1e-9)))


def corners_alpha(frame: Frame) -> list[int]:
    return [int(value) for value in frame[[0, 0, -1, -1], [0, -1, 0, -1], 3]]
