"""Decode untrusted bytes to pixels, and encode alphas."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image

from gpu.contract import MAX_PACK_PIXELS, MAX_PIXELS, WireError
from gpu_worker.services.base import Alpha

FORMATS: Final = ("PNG", "JPEG", "WEBP")
SIXTEEN_TO_EIGHT: Final = 255.0 / 65535.0
COMPRESSION: Final = 3
"""zlib's level for an alpha. 1024² with a soft edge on one core: 10 ms and 33 kB; level 6: 17 ms and 26 kB."""

# Pillow would warn of large images; each one is checked here, by its header, against a lower limit.
Image.MAX_IMAGE_PIXELS = None


def open_image(content: bytes) -> Image.Image:
    """Decode the first frame of a PNG, JPEG or WebP as RGB, on white where it is transparent.

    The image keeps its size: it is not turned by EXIF, since the alpha must fit the caller's pixels. The size is read
    from the header and checked before any pixel is decoded. Raises `WireError`: `bad_image`, `too_large`.
    """
    image = _open(content)
    if image.width * image.height > MAX_PIXELS:
        raise WireError("too_large", f"{image.width}×{image.height} is over the {MAX_PIXELS} pixels of one image")
    try:
        image.load()
        return _to_rgb(image)
    except Exception:  # noqa: BLE001 malformed bytes make Pillow's decoders raise anything
        raise _unreadable_error() from None


def check_total_pixels(contents: Sequence[bytes]) -> None:
    """Raise `WireError` (`too_large`) when the images have more pixels in sum than one call may have.

    Only headers are read. Bytes that are no image count as nothing: they fail later, alone.
    """
    if sum(_countable_pixels(content) for content in contents) > MAX_PACK_PIXELS:
        raise WireError("too_large", f"the images have over {MAX_PACK_PIXELS} pixels in sum: send fewer in one call")


def encode_alpha(alpha: Alpha) -> str:
    """Encode H×W bytes as a base64 8-bit grey PNG."""
    target = io.BytesIO()
    Image.fromarray(alpha).save(target, "PNG", compress_level=COMPRESSION)
    return base64.b64encode(target.getvalue()).decode("ascii")


def _open(content: bytes) -> Image.Image:
    """Read the header. Raises `WireError` (`bad_image`)."""
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except Exception:  # noqa: BLE001 as above
        raise _unreadable_error() from None


def _countable_pixels(content: bytes) -> int:
    try:
        image = _open(content)
    except WireError:
        return 0
    # One that is too large by itself is refused alone, so it does not count against the others.
    pixels = image.width * image.height
    return pixels if pixels <= MAX_PIXELS else 0


def _unreadable_error() -> WireError:
    return WireError("bad_image", "an image is not a readable PNG, JPEG or WebP")


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16-bit grey: Pillow's own conversion cuts everything above 255 off.
        grey = np.asarray(image, np.float32) * SIXTEEN_TO_EIGHT
        image = Image.fromarray(np.clip(np.rint(grey), 0, 255).astype(np.uint8))
    if not image.has_transparency_data:
        return image.convert("RGB")
    cutout = image.convert("RGBA")
    white = Image.new("RGBA", cutout.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, cutout).convert("RGB")
