"""Draw the pictures beside a pack's stickers: a tab, a tray, a cover."""

from __future__ import annotations

from dataclasses import replace

from animations.encode.fitting.canvas import put_on_canvas
from animations.encode.packs.store import Picture, Store
from animations.encode.platforms import Platform, SizeRule
from animations.encode.readers import read
from animations.imaging import png
from animations.imaging.arrays import Frame


def picture_platform(store: Store, picture: Picture) -> Platform:
    """Return the rules of a picture beside the stickers: a sticker's, but of its own size."""
    size = SizeRule(picture.width, picture.height, exact=True)
    return replace(store.platform, pixels=size, bytes_max=picture.bytes_max or store.platform.bytes_max)


def first_frame(data: bytes) -> Frame:
    """Return the first frame (H×W×4 straight RGBA) of a sticker's file. Raises `Unreadable`."""
    return next(iter(read(data).frames))


def draw_still(frame: Frame, picture: Picture) -> bytes:
    """Return a PNG of the picture's size that shows `frame` (H×W×4 straight RGBA) whole, on nothing."""
    size = SizeRule(picture.width, picture.height, exact=True)
    canvas = put_on_canvas([frame], Platform("", "", "APNG", size))
    return png.write(canvas.pictures[0])
