"""A cutout as it is stored: the PNG that everything is made of, and a smaller picture that the pages show."""

from __future__ import annotations

import io
from typing import Final
from uuid import UUID

from PIL import Image

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Picture

QUALITY: Final = 90
METHOD: Final = 2
"""Of libwebp, 0 to 6: as small as 4 to a twentieth, in half its time."""
SMALL_BYTES: Final = 8_000
"""A PNG up to here has nothing to gain; among them is pixel art, whose colours must not run."""


def keep_cutout(project_id: UUID, cutout: Picture) -> tuple[str, str]:
    """Store a cutout (H×W×4 straight RGBA): the names of its PNG, and of its preview, which may be the same file."""
    data = png.write(cutout)
    name = storage.save(project_id, data, "png")
    return name, name if len(data) <= SMALL_BYTES else storage.save(project_id, _webp(cutout), "webp")


def _webp(cutout: Picture) -> bytes:
    """Lossy in its colours, exact in its alpha."""
    kept = io.BytesIO()
    Image.fromarray(cutout).save(kept, "WEBP", quality=QUALITY, method=METHOD, alpha_quality=100)
    return kept.getvalue()
