"""Bytes to pixels and back, with nothing believed before it is checked."""

from __future__ import annotations

import base64
import io
from typing import Final

import numpy as np
from PIL import Image

from gpu.contract import MAX_PIXELS, WireError
from gpu_worker.services.face import Alpha

FORMATS: Final = ("PNG", "JPEG", "WEBP")
SIXTEEN_TO_EIGHT: Final = 255.0 / 65535.0


def open_picture(content: bytes) -> Image.Image:
    """The first frame of a PNG, JPEG or WebP as RGB; transparent parts lie on white.

    Its size is as sent: no EXIF turning, since the alpha must fit the caller's pixels. The size is read from the
    header and judged before any pixel is decoded. Raises `WireError`: `bad_image`, `too_large`.
    """
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        _check_size(image)
        image.load()
        return _to_rgb(image)
    except Image.DecompressionBombError:
        raise WireError("too_large", f"an image has at most {MAX_PIXELS} pixels") from None
    # Pillow's decoders meet hostile bytes with all of these.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError) as error:
        if isinstance(error, WireError):
            raise
        raise WireError("bad_image", "an image is not a readable PNG, JPEG or WebP") from None


def encode_alpha(alpha: Alpha) -> str:
    """A base64 8-bit grey PNG of H×W bytes."""
    target = io.BytesIO()
    Image.fromarray(alpha).save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode("ascii")


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise WireError("too_large", f"{image.width}×{image.height} is over the {MAX_PIXELS} pixels of one image")


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
