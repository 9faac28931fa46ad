"""Which files are taken, in words and as a file field has it: for pages, the API, commands and refusals alike."""

from __future__ import annotations

from typing import Final

TAKEN: Final = "PNG, JPEG, WebP, GIF, HEIC, AVIF, MP4, WebM or MOV"
ACCEPT: Final = ",".join(
    (
        *("image/png", "image/apng", "image/jpeg", "image/webp", "image/gif"),
        *("image/heic", "image/heif", "image/avif", ".heic", ".heif", ".avif"),
        *("video/mp4", "video/webm", "video/quicktime", ".mov"),
    )
)
"""Some systems know no media type for the newer endings."""
