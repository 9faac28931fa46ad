"""Draw the moving pictures of the motion gallery: a preset's recipe, played by the sample picture."""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from animations.encode.containers import webp
from animations.models import Preset
from animations.models.preset import request_previews
from animations.motion.recipe import read_recipe
from animations.motion.rendering.renderer import Renderer

SAMPLE = Path(settings.BASE_DIR) / "static" / "samples" / "mascot.png"
SIZE = 112
"""Width and height in px."""
FRAMES = 20
FRAME_MS = 70
"""The stay of one frame in ms before the recipe's tempo stretches it."""
QUALITIES = (80, 60, 40, 20)
MAX_BYTES = 60_000


def draw_preview(slug: str) -> bool:
    """Draw and store the preview of a preset; False when it is fresh already, gone, or drawn by another run."""
    preset = Preset.objects.filter(slug=slug).first()
    if preset is None or preset.is_preview_fresh:
        return False
    return store_preview(preset, draw(preset.recipe))


def store_preview(preset: Preset, data: bytes) -> bool:
    """Store `data` as what the preset's recipe looks like and delete what was shown before.

    False, and nothing is left behind, when another run has stored one since `preset` was read.
    """
    digest, old = preset.preview_digest(), preset.preview.name
    # A name that no other run uses: whoever comes second deletes its own file, not the one that is shown.
    named = f"presets/{preset.slug}-{digest}-{secrets.token_hex(4)}.webp"
    name = default_storage.save(named, ContentFile(data))
    unchanged = Preset.objects.filter(pk=preset.pk, preview=old, preview_of=preset.preview_of)
    if unchanged.update(preview=name, preview_of=digest) != 1:
        default_storage.delete(name)
        return False
    if old:
        with suppress(OSError):  # a file that cannot be deleted now is litter, not a reason to draw again
            default_storage.delete(old)
    return True


def stale_previews() -> list[Preset]:
    """Return presets whose preview is missing or out of date, and not asked for in the last minute."""
    return Preset.objects.overdue()


def request_stale() -> int:
    """Put previews that should be there and are not on the queue; returns how many. The reconciler calls it."""
    overdue = stale_previews()
    if overdue:
        request_previews(overdue)
    return len(overdue)


def draw(recipe: Any) -> bytes:
    """Draw a looping WebP of `recipe`, SIZE × SIZE px, at most MAX_BYTES (unless the lowest quality is larger still).

    Raises `RecipeError` when the recipe is not one.
    """
    read = read_recipe(recipe)
    renderer = Renderer(sample(), SIZE)
    frames = [renderer.render(read, index / FRAMES) for index in range(FRAMES)]
    delays = [round(FRAME_MS * read.tempo)] * FRAMES
    data = b""
    for quality in QUALITIES:
        data = webp.encode(frames, delays, quality, max(quality, 60))
        if len(data) <= MAX_BYTES:
            break
    return data


@lru_cache(maxsize=1)
def sample() -> npt.NDArray[np.uint8]:
    """Read the sample picture as straight H×W×4 RGBA."""
    with Image.open(SAMPLE) as picture:
        return np.asarray(picture.convert("RGBA"))
