"""Normalise a picture: from rows of pixels in any mode to sRGB, upright, 8-bit RGB or RGBA, small.

Only Pillow and the standard library: this runs in the decoding child (`animations.ingest.decode`).
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageChops, ImageCms

from animations.ingest.float_planes import MAX_PIXELS, from_planes, to_planes
from animations.ingest.readers import SourcePicture

STRIP_ROWS: Final = 64
"""Rows (after shrinking) that are converted at a time."""
HIGH_BYTES: Final = [value >> 8 for value in range(65_536)]
MODES_BY_COLOUR_SPACE: Final = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""Pillow's mode of pixels, by the colour space of an ICC profile."""
EXIF_TRANSPOSES: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""The inverse of each of Exif's orientations."""


def normalise(picture: SourcePicture, largest: int) -> Image.Image:
    """Return the picture with no side over `largest` px, as RGBA if any pixel is not opaque, else RGB."""
    small = _shrink(picture, largest)
    alpha = small.getchannel("A") if small.mode == "RGBA" else None
    colour = _to_srgb(small.convert("RGB") if alpha else small, picture.icc)
    if alpha and alpha.getextrema() != (255, 255):
        colour.putalpha(alpha)
    if picture.orientation in EXIF_TRANSPOSES:
        colour = colour.transpose(EXIF_TRANSPOSES[picture.orientation])
    colour.info.clear()
    return colour


def _shrink(picture: SourcePicture, largest: int) -> Image.Image:
    """Shrink the picture to `largest`, as L, RGB, CMYK or RGBA, in the colours of its own profile.

    First by a whole factor, a strip at a time, then to the exact size. Colours are weighted by alpha (premultiplied)
    while pixels are mixed, so that what is hidden under transparency does not bleed into the edge.
    """
    width, height = picture.size
    if max(width, height) <= largest:
        return to_eight_bit(picture.read_rows(0, height), picture.has_alpha)
    factor = max(width, height) // largest
    is_exact = picture.has_alpha and width * height / factor**2 <= MAX_PIXELS
    planes = _reduce_by_strips(picture, factor, is_exact)
    scale = largest / max(width, height)
    target = max(1, round(width * scale)), max(1, round(height * scale))
    box = (0, 0, width / factor, height / factor)
    exact = [plane.resize(target, Image.Resampling.LANCZOS, box=box) for plane in planes]
    if is_exact:
        return from_planes(exact)
    return exact[0].convert("RGBA") if picture.has_alpha else exact[0]


def _reduce_by_strips(picture: SourcePicture, factor: int, is_exact: bool) -> list[Image.Image]:
    """Shrink the picture by a whole factor: to planes of floating point where exact, else to one image."""
    reduced: list[Image.Image] = []
    for top in range(0, picture.size[1], STRIP_ROWS * factor):
        rows = to_eight_bit(
            picture.read_rows(top, min(top + STRIP_ROWS * factor, picture.size[1])), picture.has_alpha
        )
        mixed = to_planes(rows) if is_exact else [rows.convert("RGBa") if picture.has_alpha else rows]
        parts = [each.reduce(factor) for each in mixed]
        reduced = reduced or [Image.new(part.mode, (part.width, -(-picture.size[1] // factor))) for part in parts]
        for whole, part in zip(reduced, parts, strict=True):
            whole.paste(part, (0, top // factor))
    return reduced


def to_eight_bit(rows: Image.Image, has_alpha: bool) -> Image.Image:
    """Convert rows in any of Pillow's modes to RGBA when the picture has alpha, else to L, RGB or CMYK."""
    if rows.mode.startswith("I;16"):
        return _grey_from_16_bit(rows, has_alpha)
    if has_alpha:
        return rows.convert("RGBA")
    if rows.mode in ("1", "L", "I", "F"):
        return rows.convert("L")
    return rows if rows.mode == "CMYK" else rows.convert("RGB")


def _grey_from_16_bit(rows: Image.Image, has_alpha: bool) -> Image.Image:
    """Convert 16-bit grey to 8 bits (Pillow clips at 255 instead); one grey may stand for transparent."""
    wide = rows.convert("I")
    grey = wide.point(HIGH_BYTES, "L")
    if not has_alpha:
        return grey
    clear = rows.info.get("transparency")
    alpha = wide.point([0 if value == clear else 255 for value in range(65_536)], "L")
    return Image.merge("RGBA", (grey, grey, grey, alpha))


def _to_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    """Convert L, RGB or CMYK to sRGB by the picture's profile; a missing, unfit or broken one is taken for sRGB."""
    if icc:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError, KeyError):
            space, to_srgb = _srgb_transform(icc)
            fitting = _in_colour_space(image, space)
            if fitting:
                return ImageCms.applyTransform(fitting, to_srgb) or image
    return image.convert("RGB")


@lru_cache(maxsize=2)
def _srgb_transform(icc: bytes) -> tuple[str, ImageCms.ImageCmsTransform]:
    """Return a profile's colour space, and its transform to sRGB. Raises as `ImageCms` does, or `KeyError`."""
    profile = ImageCms.ImageCmsProfile(BytesIO(icc))
    space = profile.profile.xcolor_space
    return space, ImageCms.buildTransform(
        profile, ImageCms.createProfile("sRGB"), MODES_BY_COLOUR_SPACE[space], "RGB"
    )


def _in_colour_space(image: Image.Image, space: str) -> Image.Image | None:
    """Return the pixels in the profile's colour space; None where they are of another."""
    if space == "RGB ":
        return image.convert("RGB") if image.mode in ("L", "RGB") else None
    if space == "GRAY" and image.mode == "RGB":
        red, green, blue = image.split()
        is_grey = not any(ImageChops.difference(red, other).getbbox() for other in (green, blue))
        return red if is_grey else None
    return image if image.mode == MODES_BY_COLOUR_SPACE[space] else None
