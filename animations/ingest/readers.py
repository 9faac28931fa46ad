"""Open an uploaded picture within its bounds, and find its rows of pixels, its colours and its orientation.

Only Pillow, pi-heif and the standard library: this runs in the decoding child (`animations.ingest.decode`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, _webp

from animations.ingest import isobmff
from animations.ingest.colour import gif_profile, png_profile, profiles
from animations.ingest.dimensions import check_bounds
from animations.ingest.errors import UnsupportedFile
from animations.ingest.sniff import AVIF_BRANDS, HEIC_BRANDS, sniff

ORIENTATION: Final = 0x0112
"""Exif's tag of which side is up (1–8)."""


@dataclass(frozen=True, slots=True)
class SourcePicture:
    """A picture that can be read in strips, so that no second full-size copy is ever in memory.

    `read_rows(top, bottom)` gives rows as a Pillow image in the file's own mode. `size` is (width, height) as read,
    `full_size` as in the file (a JPEG can be read at half its size); `orientation` is Exif's, still to be applied.
    """

    format: str
    size: tuple[int, int]
    full_size: tuple[int, int]
    has_alpha: bool
    read_rows: Callable[[int, int], Image.Image]
    icc: bytes | None
    orientation: int
    is_animated: bool


def crop_picture(picture: SourcePicture, box: Sequence[int]) -> SourcePicture:
    """Return the part of an upright picture within `box` (left, top, right, bottom in px as read)."""
    left, top, right, bottom = box

    def read_rows(first: int, last: int) -> Image.Image:
        rows = picture.read_rows(top + first, top + last)
        return rows.crop((left, 0, right, rows.height))

    return replace(picture, size=(right - left, bottom - top), read_rows=read_rows)


def open_picture(path: Path, largest: int) -> SourcePicture:
    """Open `path`, of which no side over `largest` px will be needed.

    Raises `UnsupportedFile` for what is no picture, out of bounds or cut short; a decoder may raise anything else.
    """
    kind = sniff(path)
    try:
        return READERS[kind](path, kind, largest)
    except (OSError, EOFError) as error:
        if "truncated" in str(error):
            raise UnsupportedFile("truncated", "This picture is cut short. Try to save or upload it again.") from None
        raise


def _read_plain(path: Path, kind: str, _: int) -> SourcePicture:
    with Image.open(path, formats=[kind.upper()]) as image:
        check_bounds(*image.size)
        animated = _is_animated(image)  # looks for a second frame, so before the first is loaded
        image.load()
        return from_image(image, kind, image.size, animated)


def _read_png(path: Path, kind: str, largest: int) -> SourcePicture:
    return replace(_read_plain(path, kind, largest), icc=png_profile.read_profile(path))


def _read_gif(path: Path, kind: str, largest: int) -> SourcePicture:
    return replace(_read_plain(path, kind, largest), icc=gif_profile.read_profile(path.read_bytes()))


def _read_avif(path: Path, kind: str, _: int) -> SourcePicture:
    # Pillow gives the file's rotation and mirroring as an Exif orientation.
    try:
        with open_avif(path) as image:
            check_bounds(*image.size)
            animated = _is_animated(image)
            image.load()
    except (OSError, ValueError, RuntimeError, SyntaxError) as error:
        raise OSError("truncated or damaged AVIF") from error
    picture = from_image(image, kind, image.size, animated)
    code = isobmff.item_colour(isobmff.read_boxes(path).get(b"meta", b""))
    return replace(picture, icc=picture.icc or profile_of_colour_code(code))


def open_avif(path: Path) -> Image.Image:
    """Open an AVIF, whatever its major brand is. Raises what Pillow and libavif raise."""
    from PIL import AvifImagePlugin  # noqa: PLC0415  (libavif is for the few who need it)

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    moves = b"avis" in isobmff.brands(isobmff.read_boxes(path)[b"ftyp"])
    return Image.open(_with_known_brand(path, AVIF_BRANDS, b"avis" if moves else b"avif"), formats=["AVIF"])


def _with_known_brand(path: Path, known: AbstractSet[bytes], usual: bytes) -> Path | BytesIO:
    """Return the file as its decoder knows it: with the `usual` brand as major and among the compatible ones."""
    major, *others = isobmff.brands(isobmff.read_boxes(path)[b"ftyp"])
    if major in known and not known.isdisjoint(others):
        return path
    data = bytearray(path.read_bytes())
    data[8:12] = usual
    if known.isdisjoint(others) and others:
        end = 16 + 4 * len(others)
        data[end - 4 : end] = usual
    return BytesIO(data)


def profile_of_colour_code(code: isobmff.ColourCode | None) -> bytes | None:
    """Return the ICC profile for the numbers of a box. Decoders see to the range of the pixels."""
    return profiles.profile_of_code_points(code.primaries, code.transfer) if code else None


def _read_jpeg(path: Path, kind: str, largest: int) -> SourcePicture:
    with Image.open(path, formats=["JPEG"]) as image:
        full_size = image.size
        check_bounds(*full_size)
        scale = min(1.0, largest / max(full_size))
        # libjpeg can leave out the fine detail while it decodes, which saves three quarters of the memory and time.
        image.draft(None, (round(full_size[0] * scale), round(full_size[1] * scale)))
        image.load()
        return from_image(image, kind, full_size, animated=False)


def from_image(image: Image.Image, kind: str, full_size: tuple[int, int], animated: bool) -> SourcePicture:
    """Return a picture that Pillow has decoded, with the profile and orientation that it names."""

    def read_rows(top: int, bottom: int) -> Image.Image:
        return image.crop((0, top, image.width, bottom))

    return SourcePicture(
        format=kind,
        size=image.size,
        full_size=full_size,
        has_alpha=image.has_transparency_data,
        read_rows=read_rows,
        icc=image.info.get("icc_profile"),
        orientation=orientation_of(image),
        is_animated=animated,
    )


def _read_webp(path: Path, kind: str, _: int) -> SourcePicture:
    # A still one is decoded by libwebp into one buffer: Pillow's decoder, made for animations, needs four.
    with Image.open(path, formats=["WEBP"]) as image:
        check_bounds(*image.size)
        if _is_animated(image):
            image.load()
            return from_image(image, kind, image.size, animated=True)
        mode, size, icc, orientation = image.mode, image.size, image.info.get("icc_profile"), orientation_of(image)
    del image  # its decoder holds two buffers of its own
    pixels = _decode_webp(path.read_bytes(), mode, size)
    stride = size[0] * len(mode)
    return SourcePicture(
        kind,
        size,
        size,
        mode == "RGBA",
        _row_reader(memoryview(pixels), mode, size[0], stride),
        icc,
        orientation,
        False,
    )


def _decode_webp(data: bytes, mode: str, size: tuple[int, int]) -> ctypes.Array[ctypes.c_char]:
    """Decode `data` to interleaved 8-bit RGB or straight RGBA by libwebp's `WebPDecodeRGB(A)Into`.

    The function is found through Pillow's own module, which is linked to the library.
    """
    stride = size[0] * len(mode)
    pixels = ctypes.create_string_buffer(stride * size[1])
    decode = getattr(ctypes.CDLL(_webp.__file__), f"WebPDecode{mode}Into")
    decode.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    decode.restype = ctypes.c_void_p
    if not decode(data, len(data), pixels, len(pixels), stride):
        raise OSError("truncated or damaged WebP")
    return pixels


def _read_heic(path: Path, kind: str, _: int) -> SourcePicture:
    import pi_heif  # noqa: PLC0415 its library takes a third of the child's start, and few pictures are HEIC

    try:
        heif = pi_heif.open_heif(_with_known_brand(path, HEIC_BRANDS, b"heic"), convert_hdr_to_8bit=True)
    except (OSError, ValueError, RuntimeError, SyntaxError) as error:
        raise OSError("truncated or damaged HEIC") from error
    image = heif[heif.primary_index]
    check_bounds(*image.size)
    rows = _row_reader(memoryview(image.data), image.mode, image.size[0], image.stride)

    def read_rows(top: int, bottom: int, _owner: object = image) -> Image.Image:
        return rows(top, bottom)  # the pixels are libheif's and live as long as their image does

    # libheif has turned the picture already; HEIC's Exif orientation is a copy that must not be applied again.
    has_alpha = image.mode[-1] in "Aa"
    numbers = image.info.get("nclx_profile") or {}
    code = numbers.get("color_primaries", 0), numbers.get("transfer_characteristics", 0)
    icc = image.info.get("icc_profile") or profiles.profile_of_code_points(*code)
    return SourcePicture(kind, image.size, image.size, has_alpha, read_rows, icc, 1, is_animated=False)


def _row_reader(pixels: memoryview, mode: str, width: int, stride: int) -> Callable[[int, int], Image.Image]:
    def read_rows(top: int, bottom: int) -> Image.Image:
        part = pixels[top * stride : bottom * stride]
        return Image.frombytes(mode, (width, bottom - top), part, "raw", mode, stride)

    return read_rows


def orientation_of(image: Image.Image) -> int:
    """Return Exif's orientation (1–8) of a picture that has it, else 1."""
    with suppress(Exception):  # broken metadata is no reason to refuse a picture
        return _valid_orientation(image.getexif())
    return 1


def orientation_in_exif(exif: bytes) -> int:
    """Return the orientation in Exif's own bytes, with or without the six that JPEG puts before them."""
    found = Image.Exif()
    with suppress(Exception):
        found.load(exif)
        return _valid_orientation(found)
    return 1


def _valid_orientation(exif: Image.Exif) -> int:
    found = exif.get(ORIENTATION, 1)
    return found if found in range(1, 9) else 1


def _is_animated(image: Image.Image) -> bool:
    with suppress(Exception):  # a broken second frame is no reason to refuse the first
        return bool(getattr(image, "is_animated", False))
    return False


READERS: Final[dict[str, Callable[[Path, str, int], SourcePicture]]] = {
    "png": _read_png,
    "jpeg": _read_jpeg,
    "webp": _read_webp,
    "gif": _read_gif,
    "heic": _read_heic,
    "avif": _read_avif,
}
