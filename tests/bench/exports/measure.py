"""How a file looks beside its source: SSIMULACRA2 on black and white, and the error of edges on chats' grounds."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from animations.imaging.arrays import Frame
from tests.bench.exports.environment import run_beside
from tests.bench.exports.made_files import play

SAMPLES: Final = 8
GROUNDS: Final = ((0, 0, 0), (255, 255, 255))
CHATS: Final = ((0x1E, 0x1F, 0x22), (255, 255, 255))
SOFT_FROM: Final = 8
"""Difference of alpha, 0 to 255, round a pixel of the source from which it is at an edge."""


@dataclass(frozen=True)
class Looks:
    """The mean SSIMULACRA2 (100 is the same), and the mean difference of edges, 0 to 255, on dark and on white."""

    score: float
    dark_edge: float
    white_edge: float

    @property
    def edge(self) -> float:
        return (self.dark_edge + self.white_edge) / 2


def measure_looks(data: bytes, frames: Sequence[Frame], delays_ms: Sequence[int]) -> Looks:
    """Compare a file with its source at eight times of the source, at the file's own size."""
    shown, shown_ms = play(data)
    times = [sum(delays_ms) * (place + 0.5) / SAMPLES for place in range(SAMPLES)]
    seen = [shown[_at(shown_ms, time)] for time in times]
    height, width = seen[0].shape[:2]
    wanted = [scaled(frames[_at(delays_ms, time)], width, height) for time in times]
    edges = [_edge_error(a, b, ground) for ground in CHATS for a, b in zip(wanted, seen, strict=True)]
    dark, white = np.mean(edges[:SAMPLES]), np.mean(edges[SAMPLES:])
    return Looks(_score(wanted, seen), float(dark), float(white))


def _at(delays_ms: Sequence[int], time: float) -> int:
    """Return the frame that is shown at `time`; a loop that is over begins anew."""
    ends = list(accumulate(delays_ms))
    if len(ends) == 1:
        return 0
    return int(np.searchsorted(ends, time % ends[-1], side="right"))


def scaled(frame: Frame, width: int, height: int) -> Frame:
    """Scale the source by Lanczos in premultiplied colour, which none of those who are compared do."""
    if frame.shape[:2] == (height, width):
        return frame
    mixed = Image.fromarray(frame).convert("RGBa").resize((width, height), Image.Resampling.LANCZOS)
    return np.array(mixed.convert("RGBA"))


def laid_on(frame: Frame, ground: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    part = frame[..., 3:].astype(np.float32) / 255
    laid = frame[..., :3] * part + np.array(ground, np.float32) * (1 - part)
    return np.asarray(np.rint(laid), np.uint8)


def _edge_error(wanted: Frame, shown: Frame, ground: tuple[int, int, int]) -> float:
    alpha = wanted[..., 3]
    soft = cv2.dilate(alpha, np.ones((3, 3))) - cv2.erode(alpha, np.ones((3, 3))) > SOFT_FROM
    apart = laid_on(wanted, ground).astype(int) - laid_on(shown, ground)
    return float(np.abs(apart)[soft].mean()) if soft.any() else 0.0


def _score(wanted: Sequence[Frame], seen: Sequence[Frame]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pairs.npz")
        pairs = {
            name: [laid_on(frame, ground) for ground in GROUNDS for frame in frames]
            for name, frames in (("wanted", wanted), ("shown", seen))
        }
        np.savez(path, wanted=np.array(pairs["wanted"]), shown=np.array(pairs["shown"]))
        return float(run_beside("score.py", path))
