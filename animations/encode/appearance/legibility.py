"""Measure how much of a silhouette stands out from the ground that a chat has."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Colours, Mask, Premultiplied

SMALLEST_SIDE: Final = 20
"""The px at which chats show an emoji in a message."""
STANDS_OUT: Final = 20.0
"""The distance in CIELAB from which a colour stands out in a shape of few pixels.

One can tell 2.3 apart, side by side and large. #cccccc on white is 19, and already faint at 20 px; yellow as in most
emoji, #ffcc4d, is 70; #333333 on a dark chat is 9.
"""
DEPTH: Final = 2
"""The px from the edge inwards that tell where it is: an outline that the ground swallows is no loss."""


def share_that_stands_out(picture: Premultiplied, ground: str) -> float | None:
    """Return the share, 0 to 1, of the silhouette that stands out from `ground` (`#rrggbb`).

    `picture` is premultiplied RGBA, 0 to 255, some `SMALLEST_SIDE` px large. None where nothing shows.
    """
    alpha = picture[..., 3]
    inside = alpha >= max(1.0, float(alpha.max()) / 2)
    rim = inside & ~_is_surrounded(inside)
    if not rim.any():
        return None
    seen = inside & (_distance_from(compose(picture, ground), ground) >= STANDS_OUT)
    side = 2 * DEPTH + 1
    reached = cv2.dilate(seen.view(np.uint8), np.ones((side, side), np.uint8)).view(np.bool_)
    return float(reached[rim].mean())


def compose(picture: Premultiplied, ground: str) -> Colours:
    """Return premultiplied RGBA (0 to 255) on a ground of one colour, as H×W×3 sRGB, 0 to 1."""
    colour = np.frombuffer(bytes.fromhex(ground[1:]), np.uint8).astype(np.float32)
    rest = 1 - picture[..., 3:] / np.float32(255)
    return np.asarray(np.clip((picture[..., :3] + rest * colour) / np.float32(255), 0, 1))


def _is_surrounded(inside: Mask) -> Mask:
    """Return the pixels whose four neighbours are inside, too; the edge of the canvas is outside."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    eroded = cv2.erode(np.pad(inside, 1).view(np.uint8), cross)
    return np.asarray(eroded[1:-1, 1:-1].astype(np.bool_))


def _distance_from(colours: Colours, ground: str) -> Colours:
    single = np.frombuffer(bytes.fromhex(ground[1:]), np.uint8).astype(np.float32).reshape(1, 1, 3) / 255
    lab, ground_lab = (cv2.cvtColor(np.ascontiguousarray(one), cv2.COLOR_RGB2Lab) for one in (colours, single))
    return np.asarray(np.linalg.norm(lab - ground_lab, axis=-1))
