"""Art with half transparency of many kinds, H×W×4 straight RGBA, drawn for the tests."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageSequence

from tests.encode.images import Frame

CASES = Path(__file__).parents[1] / "data" / "cases"

Field = npt.NDArray[np.float32]


def case(name: str) -> list[Frame]:
    """Read the frames of a case, as they came."""
    with Image.open(CASES / name) as image:
        return [np.array(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)]


def distance(side: int, x: float, y: float) -> Field:
    """Return how far, in px, each pixel is from (x, y)."""
    ys, xs = np.mgrid[:side, :side].astype(np.float32)
    return np.asarray(np.hypot(xs - x, ys - y), np.float32)


def painted(colour: tuple[int, int, int], alpha: Field) -> Frame:
    frame = np.zeros((*alpha.shape, 4), np.uint8)
    frame[..., :3] = colour
    frame[..., 3] = np.clip(alpha, 0, 255)
    return frame


def disc(side: int, x: float, y: float, radius: float, alpha: int = 255) -> Frame:
    """Draw a red disc with an edge of one pixel."""
    return painted((200, 60, 40), np.clip(radius + 0.5 - distance(side, x, y), 0, 1) * alpha)


def over(back: Frame, front: Frame) -> Frame:
    """Lay `front` over `back` where it is the stronger of the two."""
    return np.where(front[..., 3:] >= back[..., 3:], front, back)


def glow(side: int = 256) -> Frame:
    """Draw a hard core in a glow that fades away to the rim."""
    away = distance(side, side / 2, side / 2)
    soft = painted((255, 220, 90), 200 * np.clip(1 - away / (0.45 * side), 0, 1) ** 2)
    return over(soft, disc(side, side / 2, side / 2, 0.12 * side))


def watercolour(side: int = 256) -> Frame:
    """Draw a wash of pigment, here thicker and there thinner, nowhere opaque."""
    thick = np.random.default_rng(1).random((12, 12), dtype=np.float32)
    thick = cv2.resize(thick, (side, side), interpolation=cv2.INTER_CUBIC)
    shape = np.clip((0.4 * side - distance(side, side / 2, side / 2)) / 8, 0, 1)
    return painted((60, 120, 200), shape * (50 + 130 * thick))


def confetti(side: int = 256) -> Frame:
    """Draw small flat pieces, each of another colour and as opaque as it likes."""
    random, frame = np.random.default_rng(2), np.zeros((side, side, 4), np.uint8)
    for _ in range(60):
        x, y = random.integers(8, side - 16, 2)
        frame[y : y + 10, x : x + 6] = (*random.integers(40, 255, 3), random.integers(60, 255))
    return frame


def faded(frame: Frame, strength: float) -> Frame:
    weaker = frame.copy()
    weaker[..., 3] = np.rint(frame[..., 3] * strength)
    return weaker


def fade(frame: Frame, count: int = 12, least: float = 0.1) -> list[Frame]:
    """Fade `frame` to `least` of its strength and back."""
    steps = 0.5 + 0.5 * np.cos(2 * np.pi * np.arange(count) / count)
    return [faded(frame, least + (1 - least) * step) for step in steps]


def rays(side: int, width: int) -> Frame:
    """Draw a sun with twelve rays of `width` px apart from it."""
    frame = disc(side, side / 2, side / 2, 0.23 * side)
    for turn in np.arange(12) * np.pi / 6:
        mark = np.zeros((side, side), np.uint8)
        along = np.array([np.cos(turn), np.sin(turn)]) * side
        ends = [tuple(np.rint(side / 2 + along * share).astype(int).tolist()) for share in (0.3, 0.4)]
        cv2.line(mark, ends[0], ends[1], 255, width, cv2.LINE_AA)
        frame = over(frame, painted((230, 90, 40), mark.astype(np.float32)))
    return frame


def specks(side: int = 256) -> Frame:
    """Draw a disc beside which a matte has left eight small soft spots."""
    alpha = disc(side, side / 2, side / 2, 0.3 * side)[..., 3].astype(np.float32)
    for turn in np.arange(8) * np.pi / 4:
        x, y = side / 2 + 0.42 * side * np.cos(turn), side / 2 + 0.42 * side * np.sin(turn)
        alpha = np.maximum(alpha, 165 * np.exp(-np.square(distance(side, x, y)) / 8))
    return painted((200, 60, 40), alpha)
