"""Drawings with a true alpha, on white and over photos, always the same ones.

The drawings are the npm package @lobehub/fluent-emoji-3d (MIT), fetched once into a folder for temporary files; the
photos come with scikit-image, in the GPU worker's environment.
"""

from __future__ import annotations

import random
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Picture
from tests.bench.local import ROOT

PACKAGE: Final = "@lobehub/fluent-emoji-3d@1.1.0"
FOLDER: Final = Path(tempfile.gettempdir()) / "emojiforge-bench"
SKIN_TONES: Final = ("1f3b", "1f3c", "1f3d", "1f3e", "1f3f")
PHOTOS: Final = ("grass.png", "coffee.png", "gravel.png", "rocket.jpg", "brick.png", "motorcycle_left.png")
CROP: Final = 256
"""px of a photo that are enlarged to `SIDE`: no subject of its own fits into so little."""
SIDE: Final = 512
DRAWN: Final = 400
"""px of a drawing in a picture of `SIDE`."""


@dataclass(frozen=True)
class Example:
    """A picture (H×W×3) and the true alpha of its subject (H×W)."""

    rgb: Picture
    truth: Alpha


def on_white(count: int) -> Iterator[Example]:
    """Yield drawings of 256 px on white."""
    for drawing in drawings(count):
        truth, part = drawing[..., 3], drawing[..., 3:].astype(np.float32) / 255
        rgb = np.rint(drawing[..., :3] * part + 255 * (1 - part)).astype(np.uint8)
        yield Example(rgb, np.ascontiguousarray(truth))


def over_photos(count: int) -> Iterator[Example]:
    """Yield drawings of 400 px over photos of 512 px."""
    random_number = np.random.default_rng(7)
    for number, drawing in enumerate(drawings(count)):
        photo = read_photo(PHOTOS[number % len(PHOTOS)])
        top, left = (random_number.integers(0, side - CROP) for side in photo.shape[:2])
        behind = cv2.resize(photo[top : top + CROP, left : left + CROP], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        yield _lay_over(drawing, behind, random_number)


def _lay_over(drawing: Picture, behind: Picture, random_number: np.random.Generator) -> Example:
    mixed = drawing.astype(np.float32)
    mixed[..., :3] *= mixed[..., 3:] / 255
    mixed = np.clip(cv2.resize(mixed, (DRAWN, DRAWN), interpolation=cv2.INTER_CUBIC), 0, 255)
    y, x = random_number.integers(20, SIDE - DRAWN - 20, 2)
    rgb, truth = behind.astype(np.float32), np.zeros((SIDE, SIDE), np.float32)
    place = slice(y, y + DRAWN), slice(x, x + DRAWN)
    rgb[place] = mixed[..., :3] + rgb[place] * (1 - mixed[..., 3:] / 255)
    truth[place] = mixed[..., 3]
    return Example(np.clip(np.rint(rgb), 0, 255).astype(np.uint8), np.rint(truth).astype(np.uint8))


def drawings(count: int) -> Iterator[Picture]:
    """Yield drawings as straight RGBA, 256 px, no two of them different in their skin tone alone."""
    names = [path for path in sorted(_assets().glob("*.webp")) if not any(tone in path.stem for tone in SKIN_TONES)]
    random.Random(5).shuffle(names)
    yielded = 0
    for name in names:
        found = cv2.imread(str(name), cv2.IMREAD_UNCHANGED)
        if yielded < count and found is not None and found.ndim == 3 and found.shape[2] == 4:
            yield cv2.cvtColor(found, cv2.COLOR_BGRA2RGBA)
            yielded += 1


@cache
def _assets() -> Path:
    assets = FOLDER / "package" / "assets"
    if not assets.is_dir():
        FOLDER.mkdir(exist_ok=True)
        packed = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=FOLDER, check=True, capture_output=True)
        with tarfile.open(FOLDER / packed.stdout.decode().split()[-1]) as archive:
            archive.extractall(FOLDER, filter="data")
    return assets


@cache
def read_photo(name: str) -> Picture:
    """Read a photo that comes with scikit-image."""
    (path,) = (ROOT / "gpu_worker" / ".venv" / "lib").glob(f"python3*/site-packages/skimage/data/{name}")
    photo: Picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    return photo
