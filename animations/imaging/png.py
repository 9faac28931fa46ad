"""Read and write pictures as bytes: H×W×3 RGB, H×W×4 straight RGBA or H×W grey, uint8."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Picture

PARAMETERS: Final = (cv2.IMWRITE_PNG_COMPRESSION, 3, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE)
"""zlib only looks for runs: half the time of its usual way for cut-outs of 128 to 512 px, and about as many bytes."""


def read(data: bytes) -> Picture:
    """Decode a PNG or JPEG as it is: grey, RGB or RGBA. Raises `ValueError` for anything that is no picture."""
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    if found is None or found.dtype != np.uint8:
        raise ValueError("not an 8-bit picture")
    return _swap_red_and_blue(found)


def split_alpha(picture: Picture) -> tuple[Picture, Alpha | None]:
    """Return the colours (H×W×3) of a picture with three or four channels, and its alpha, None if it has none."""
    alpha = np.ascontiguousarray(picture[..., 3]) if picture.shape[2] == 4 else None
    return np.ascontiguousarray(picture[..., :3]), alpha


def write(picture: Picture) -> bytes:
    """Encode a picture as PNG, with as many channels as it has."""
    _, data = cv2.imencode(".png", _swap_red_and_blue(picture), PARAMETERS)
    return bytes(data.tobytes())


def write_jpeg(rgb: Picture, quality: int) -> bytes:
    """Encode an H×W×3 picture as JPEG; `quality` is 0 to 100."""
    _, data = cv2.imencode(".jpg", _swap_red_and_blue(rgb), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(data.tobytes())


def _swap_red_and_blue(picture: Picture) -> Picture:
    """Turn RGB into OpenCV's BGR, or back."""
    if picture.ndim == 2:
        return picture
    code = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    swapped: Picture = cv2.cvtColor(picture, code)
    return swapped
