"""The files that are accepted, in words, for a file field, and their length: for pages, the API and errors."""

from __future__ import annotations

from typing import Final

FORMAT_NAMES: Final = "PNG, JPEG, WebP, GIF, HEIC, AVIF, MP4, WebM or MOV"
ACCEPT: Final = ",".join(
    (
        *("image/png", "image/apng", "image/jpeg", "image/webp", "image/gif"),
        *("image/heic", "image/heif", "image/avif", ".heic", ".heics", ".heif", ".heifs", ".avif", ".avifs"),
        *("video/mp4", "video/webm", "video/quicktime", ".mp4", ".m4v", ".webm", ".mov"),
    )
)
"""Some systems know no media type for the newer endings."""
MAX_SIDE: Final = 16_384
"""Pixels of a picture or clip."""
MAX_CLIP_MS: Final = 60_000
"""A frame's delay that is longer than a loop counts as one loop, for it is shortened anyway."""
