"""Every kind of picture that people send is normalised to the same kind."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PIL import Image

from tests.ingest.checks import is_near
from tests.ingest.conftest import DecodeImage
from tests.ingest.images import BLUE, RED, display_p3, encoded, p3_in_srgb, png, png16, two_halves

HEIC = Path(__file__).parents[1] / "data" / "small.heic"


def halves_are_right(image: Image.Image) -> bool:
    return is_near(image.getpixel((8, 24)), RED, 12) and is_near(image.getpixel((56, 24)), BLUE, 12)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_each_common_format_is_read_and_named(decode_image: DecodeImage, kind: str) -> None:
    report, image = decode_image(encoded(two_halves(), kind))
    assert report == {
        "format": kind.lower(),
        "width": 64,
        "height": 48,
        "has_alpha": False,
        "background": "other",
        "source_width": 64,
        "source_height": 48,
        "animated": False,
    }
    assert halves_are_right(image)


def test_a_phones_heic_is_read(decode_image: DecodeImage) -> None:
    report, image = decode_image(HEIC.read_bytes())
    assert (report["format"], image.size, image.mode) == ("heic", (64, 48), "RGB")
    assert halves_are_right(image)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_is_normalised_to_its_first_picture(decode_image: DecodeImage, kind: str) -> None:
    other = Image.new("RGB", (64, 48), (0, 255, 0))
    report, image = decode_image(encoded(two_halves(), kind, save_all=True, append_images=[other, two_halves()]))
    assert report["animated"]
    assert halves_are_right(image)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_whichever_way_the_camera_was_held(
    decode_image: DecodeImage, orientation: int
) -> None:
    stored = {
        1: [],
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_90],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_270],
        8: [Image.Transpose.ROTATE_270],
    }[orientation]
    upright = two_halves()
    upright.paste((0, 200, 0), (0, 0, 64, 16))
    turned = upright
    for step in stored:
        turned = turned.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    _, image = decode_image(encoded(turned, "JPEG", quality=95, exif=exif))
    assert image.size == (64, 48)
    assert is_near(image.getpixel((32, 8)), (0, 200, 0), 12)
    assert is_near(image.getpixel((8, 40)), RED, 12)
    assert is_near(image.getpixel((56, 40)), BLUE, 12)


def test_nothing_about_the_person_stays_in_the_normalised_picture(decode_image: DecodeImage, out_dir: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8825)[1] = "N"
    decode_image(
        encoded(two_halves(), "JPEG", exif=exif, comment=b"at home", dpi=(300, 300), icc_profile=display_p3())
    )
    data, names, at = (out_dir / "picture.png").read_bytes(), [], 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        names.append(data[at + 4 : at + 8])
        at += 12 + length
    assert set(names) == {b"IHDR", b"IDAT", b"IEND"}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_colours_of_a_wide_profile_are_brought_to_srgb(decode_image: DecodeImage, kind: str) -> None:
    colour = (180, 120, 90)
    options = {"lossless": True} if kind == "WEBP" else {}
    _, image = decode_image(encoded(Image.new("RGB", (64, 48), colour), kind, icc_profile=display_p3(), **options))
    assert is_near(image.getpixel((30, 20)), p3_in_srgb(colour), 3)
    assert not is_near(image.getpixel((30, 20)), colour, 3)


@pytest.mark.parametrize("profile", [b"not a profile", display_p3()[:200]])
def test_a_broken_profile_is_left_out(decode_image: DecodeImage, profile: bytes) -> None:
    _, image = decode_image(encoded(two_halves(), "PNG", icc_profile=profile))
    assert halves_are_right(image)


def test_a_profile_for_other_colours_is_left_out(decode_image: DecodeImage) -> None:
    _, image = decode_image(encoded(Image.new("L", (64, 48), 90), "PNG", icc_profile=display_p3()))
    assert image.getpixel((5, 5)) == (90, 90, 90)


def test_cmyk_becomes_rgb(decode_image: DecodeImage) -> None:
    _, image = decode_image(encoded(Image.new("CMYK", (64, 48), (0, 255, 255, 0)), "JPEG", quality=95))
    assert image.mode == "RGB"
    assert is_near(image.getpixel((30, 20)), (255, 0, 0), 12)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (encoded(Image.new("L", (64, 48), 90), "PNG"), (90, 90, 90)),
        (encoded(Image.new("1", (64, 48), 1), "PNG"), (255, 255, 255)),
        (encoded(Image.new("L", (64, 48), 90), "JPEG"), (90, 90, 90)),
        (png16(64, 48, 0, (40_000,)), (156, 156, 156)),
        (png16(64, 48, 2, (40_000, 300, 65_535)), (156, 1, 255)),
    ],
)
def test_grey_and_16_bit_become_8_bit_colour(decode_image: DecodeImage, data: bytes, wanted: tuple[int, ...]) -> None:
    _, image = decode_image(data)
    assert image.mode == "RGB"
    assert image.getpixel((30, 20)) == wanted


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (encoded(Image.new("RGBA", (64, 48), (200, 100, 50, 128)), "PNG"), (200, 100, 50, 128)),
        (encoded(Image.new("LA", (64, 48), (90, 10)), "PNG"), (90, 90, 90, 10)),
        (encoded(Image.new("RGBA", (64, 48), (200, 100, 50, 128)), "WEBP", lossless=True), (200, 100, 50, 128)),
        (png16(64, 48, 6, (40_000, 300, 65_535, 40_000)), (156, 1, 255, 156)),
        (png16(64, 48, 4, (40_000, 40_000)), (156, 156, 156, 156)),
    ],
)
def test_transparency_is_kept(decode_image: DecodeImage, data: bytes, wanted: tuple[int, ...]) -> None:
    _, image = decode_image(data)
    assert image.mode == "RGBA"
    assert image.getpixel((30, 20)) == wanted


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_palettes_transparent_colour_becomes_transparent(decode_image: DecodeImage, kind: str) -> None:
    image = Image.new("P", (64, 48), 0)
    image.putpalette([255, 0, 255, *BLUE])
    image.paste(1, (32, 0, 64, 48))
    _, picture = decode_image(encoded(image, kind, transparency=0))
    assert picture.getpixel((8, 24))[3] == 0  # type: ignore[index]
    assert picture.getpixel((56, 24)) == (*BLUE, 255)


def test_a_16_bit_transparent_grey_becomes_transparent(decode_image: DecodeImage) -> None:
    clear = b"".join(b"\0" + struct.pack(">2H", 1000, 1001) * 32 for _ in range(48))
    _, picture = decode_image(png(64, 48, 16, 0, clear, (b"tRNS", struct.pack(">H", 1000))))
    assert (picture.getpixel((0, 0)), picture.getpixel((1, 0))) == ((3, 3, 3, 0), (3, 3, 3, 255))


def test_an_alpha_that_hides_nothing_is_dropped(decode_image: DecodeImage) -> None:
    _, image = decode_image(encoded(two_halves().convert("RGBA"), "PNG"))
    assert image.mode == "RGB"


@pytest.mark.parametrize(
    ("kind", "size", "wanted"),
    [
        ("PNG", (3000, 1500), (2048, 1024)),
        ("JPEG", (5000, 500), (2048, 205)),
        ("WEBP", (1500, 4200), (731, 2048)),
        ("GIF", (2049, 200), (2048, 200)),
    ],
)
def test_a_large_picture_is_made_smaller(
    decode_image: DecodeImage, kind: str, size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    report, image = decode_image(encoded(two_halves(*size), kind))
    assert image.size == wanted
    assert (report["source_width"], report["source_height"]) == size
    assert is_near(image.getpixel((wanted[0] // 4, wanted[1] // 2)), RED, 12)
    assert is_near(image.getpixel((wanted[0] * 3 // 4, wanted[1] // 2)), BLUE, 12)


def test_hidden_colour_does_not_bleed_into_the_edge_of_a_smaller_picture(decode_image: DecodeImage) -> None:
    image = Image.new("RGBA", (4200, 300), (0, 255, 0, 0))
    image.paste((*RED, 255), (1999, 0, 4200, 300))
    _, picture = decode_image(encoded(image, "PNG"))
    seen = {colour[:3] for _, colour in picture.getcolors() if colour[3] > 64}  # type: ignore[union-attr,index]
    assert [colour for colour in seen if not is_near(colour, RED, 8)] == []


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_metadata_is_no_reason_to_refuse(decode_image: DecodeImage) -> None:
    _, image = decode_image(encoded(two_halves(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"))
    assert halves_are_right(image)
