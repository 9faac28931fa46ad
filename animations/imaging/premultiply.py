"""Premultiplied colour: weighed by alpha, as it has to be wherever pixels are mixed or compared.

Straight colour would let what is hidden under transparency bleed into an edge when a picture is resized. Channels are
taken one by one: NumPy broadcasts alpha over the last axis several times slower.
"""

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Frame, Premultiplied, Size

MIN_ALPHA: Final = np.float32(0.5)
"""An alpha of no more is rounded to 0, and its colour goes with it."""


def premultiply(frame: Frame) -> Premultiplied:
    """Return `frame` (H×W×4 straight RGBA) with premultiplied colours, float32 from 0 to 255."""
    mixed = frame.astype(np.float32)
    share = mixed[..., 3] / np.float32(255)
    for channel in range(3):
        mixed[..., channel] *= share
    return mixed


def unpremultiply(picture: Premultiplied) -> Frame:
    """Return premultiplied RGBA (…×4 float32, 0 to 255) as straight uint8; RGB is 0 where alpha is.

    Values that resizing has brought out of bounds are clipped.
    """
    alpha = np.clip(picture[..., 3], 0, 255)
    scale = np.where(alpha > MIN_ALPHA, np.float32(255) / np.maximum(alpha, MIN_ALPHA), np.float32(0))
    frame: Frame = np.empty(picture.shape, np.uint8)
    for channel in range(3):
        frame[..., channel] = np.rint(np.clip(picture[..., channel], 0, alpha) * scale)
    frame[..., 3] = np.rint(alpha)
    return frame


def resize(frame: Frame, size: Size) -> Frame:
    """Resize straight RGBA: by area means where a side shrinks, else cubic. RGB is 0 where alpha is."""
    shrinks = size[0] < frame.shape[1] or size[1] < frame.shape[0]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return unpremultiply(cv2.resize(premultiply(frame), size, interpolation=interpolation))


def shrink_premultiplied(frame: Frame, size: Size) -> Premultiplied:
    """Return straight RGBA premultiplied and shrunk by area means, float32 from 0 to 255.

    One channel at a time, and in 16 bits: 2048×2048 px in float32 would take 67 MB.
    """
    alpha = frame[..., 3].astype(np.uint16)
    picture = np.empty((size[1], size[0], 4), np.float32)
    for channel in range(4):
        plane = alpha * (frame[..., channel] if channel < 3 else np.uint16(255))
        picture[..., channel] = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    picture /= 255
    return picture
