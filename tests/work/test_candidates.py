from __future__ import annotations

import io
import uuid
from pathlib import PurePath

import numpy as np
import pytest
from django.core.files.storage import default_storage
from PIL import Image

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.work.candidates import SMALL_BYTES, store_cutout


def soft_ball(size: int = 256, noise: float = 20.0) -> Picture:
    """Draw a shaded ball with a soft edge and some grain, as a photo has it."""
    y, x = np.mgrid[:size, :size] / size - 0.5
    alpha = np.clip((0.42 - np.hypot(x, y)) * 40, 0, 1)
    grain = np.random.default_rng(3).normal(0, noise, (size, size))
    colour = np.dstack([180 + 60 * x + grain, 120 + 80 * y + grain, 60 + grain])
    ball = np.dstack([np.clip(colour, 0, 255), alpha * 255]).astype(np.uint8)
    ball[ball[..., 3] == 0] = 0
    return ball


def shown(name: str) -> Picture:
    return np.asarray(Image.open(io.BytesIO(storage.read(name))).convert("RGBA"))


def test_a_preview_is_much_smaller_with_the_same_alpha(surroundings: str) -> None:
    ball = soft_ball(noise=4.0)
    cutout, preview = store_cutout(uuid.uuid4(), ball)
    assert np.array_equal(png.read(storage.read(cutout)), ball)
    assert PurePath(preview).suffix == ".webp"
    assert default_storage.size(preview) < default_storage.size(cutout) / 3
    seen = shown(preview)
    assert np.array_equal(seen[..., 3], ball[..., 3])
    solid = ball[..., 3] == 255
    assert np.abs(seen[solid][:, :3].astype(int) - ball[solid][:, :3]).mean() < 4


def test_a_cutout_that_is_small_is_its_own_preview(surroundings: str) -> None:
    pixels = np.kron(soft_ball(16, 0.0) & 192, np.ones((16, 16, 1), np.uint8))
    cutout, preview = store_cutout(uuid.uuid4(), pixels)
    assert preview == cutout
    assert default_storage.size(cutout) <= SMALL_BYTES


@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_equal_cutouts_are_stored_once_and_go_with_their_project(noise: float, surroundings: str) -> None:
    project = uuid.uuid4()
    names = store_cutout(project, soft_ball(noise=noise))
    assert store_cutout(project, soft_ball(noise=noise)) == names
    assert len(default_storage.listdir(storage.folder(project))[1]) == len(set(names))
    storage.delete_project_files(project)
    assert not any(default_storage.exists(name) for name in names)
