"""Tell what a file really is, by its bytes, and reject by name what is not supported.

Only the standard library: this runs in the decoding child (`animations.ingest.decode`).
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Final, NoReturn

from animations.ingest import isobmff
from animations.ingest.errors import UnsupportedFile
from animations.ingest.formats import FORMAT_NAMES

HEAD_BYTES: Final = 65_536
"""Of the file's beginning: a drawing or an animation in text names itself somewhere in there."""
AVIF_BRANDS: Final = {b"avif", b"avis"}
HEIC_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
PICTURE_BRANDS: Final = AVIF_BRANDS | HEIC_BRANDS | {b"mif1", b"mif2", b"msf1", b"miaf", b"MiHE", b"MiHB"}
QUICKTIME_ATOMS: Final = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""The first atom of a QuickTime movie that does not name its brand."""
CURSOR: Final = b"\0\0\2\0"
TGA: Final = re.compile(rb".(?:\x00[\x02\x03\x0a\x0b]|\x01[\x01\x09]).{13}[\x08\x0f\x10\x18\x20]", re.DOTALL)
"""Colour map or none, a kind of picture that goes with it, and the bits of a pixel."""
NAMES_BY_SIGNATURE: Final = {
    b"BM": "a BMP picture",
    b"\0\0\1\0": "an icon file (ICO)",
    CURSOR: "a cursor file (CUR)",
    b"%PDF": "a PDF document",
    b"%!PS": "a PostScript drawing",
    b"\xc5\xd0\xd3\xc6": "a PostScript drawing",
    b"8BPS": "a Photoshop document (PSD)",
    b"gimp xcf": "a GIMP document (XCF)",
    b"\xff\x0a": "a JPEG XL picture",
    b"\0\0\0\x0cJXL ": "a JPEG XL picture",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 picture",
    b"\xff\x4f\xff\x51": "a JPEG 2000 picture",
    b"II\xbc": "a JPEG XR picture",
    b"FUJIFILMCCD-RAW": "a camera’s raw file (RAF)",
    b"IIRO": "a camera’s raw file (ORF)",
    b"IIRS": "a camera’s raw file (ORF)",
    b"MMOR": "a camera’s raw file (ORF)",
    b"IIU\0": "a camera’s raw file (RW2)",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"II+\0": "a TIFF picture",
    b"MM\0+": "a TIFF picture",
    b"FWS": "a Flash film",
    b"CWS": "a Flash film",
    b"ZWS": "a Flash film",
    b"FLV\1": "a Flash video",
    b"RIVE": "a Rive animation",
    b"\x8aMNG": "an MNG animation",
    b"qoif": "a QOI picture",
    b"DDS ": "a DDS texture",
    b"\x76\x2f\x31\x01": "an OpenEXR picture",
    b"#?RADIANCE": "a Radiance picture (HDR)",
    b"\0\0\1\xba": "an MPEG video",
    b"\0\0\1\xb3": "an MPEG video",
    b"\x30\x26\xb2\x75": "a Windows Media video",
    b"OggS": "an Ogg file",
    b"ID3": "a sound (MP3)",
    b"7z\xbc\xaf": "an archive (7z)",
    b"Rar!": "an archive (RAR)",
}
RAW_MAKERS: Final = {
    b"NIKON": "a camera’s raw file (NEF)",
    b"SONY": "a camera’s raw file (ARW)",
    b"PENTAX": "a camera’s raw file (PEF)",
}
"""Makers whose raw files look like TIFF."""
DNG_VERSION: Final = (b"\x12\xc6\1\0\4\0\0\0", b"\xc6\x12\0\1\0\0\0\4")
"""The tag that makes a TIFF a digital negative, in either order of bytes."""


def sniff(path: Path) -> str:
    """Return the file's kind: png, jpeg, webp, gif, heic, avif, mp4, mov or webm. Raises `UnsupportedFile`."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise UnsupportedFile("empty", "This file is empty.")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    if head[4:8] == b"ftyp":
        return _sniff_boxes(path)
    return "mov" if head[4:8] in QUICKTIME_ATOMS else _reject(head)


def _sniff_boxes(path: Path) -> str:
    """Tell a picture from a video by all brands that the file claims, whatever the major one, and what is in it."""
    top = isobmff.read_boxes(path)
    major, *others = isobmff.brands(top[b"ftyp"])
    claimed = {major, *others}
    if major == b"crx ":
        _reject_named("a camera’s raw file (CR3)")
    plays = isobmff.has_video(top.get(b"moov", b""))
    if not claimed & PICTURE_BRANDS or (plays and major not in PICTURE_BRANDS):
        return "mov" if major == b"qt  " else "mp4"
    if claimed & AVIF_BRANDS and major not in HEIC_BRANDS:
        return "avif"
    if claimed & HEIC_BRANDS:
        return "heic"
    coded = isobmff.item_types(top.get(b"meta", b""))
    if b"av01" in coded:
        return "avif"
    return "heic" if not coded or b"hvc1" in coded else _reject_named("a HEIF picture of a rare kind")


def _reject(head: bytes) -> NoReturn:
    if head.startswith(b"\x1f\x8b"):
        _reject_gzip(head)
    if head.startswith(b"PK\3\4"):
        _reject_named("a dotLottie animation" if b"animations/" in head[:2048] else "an archive (ZIP)")
    if head.startswith((b"II*\0", b"MM\0*")):
        _reject_tiff(head)
    for beginning, name in NAMES_BY_SIGNATURE.items():
        # A TGA picture may begin as a cursor does; a cursor's next word counts pictures, and is never zero.
        if head.startswith(beginning) and not (beginning == CURSOR and head[4:6] == b"\0\0"):
            _reject_named(name)
    if TGA.match(head):
        _reject_named("a TGA picture")
    if head[:4] == b"RIFF":
        _reject_named({b"AVI ": "an AVI video", b"WAVE": "a sound (WAV)"}.get(head[8:12], "a RIFF file"))
    _reject_text(head)
    raise UnsupportedFile("not_a_picture", f"This file is not a picture or clip that we know. Use {FORMAT_NAMES}.")


def _reject_gzip(head: bytes) -> NoReturn:
    """Reject a gzip by what it holds: Telegram's stickers are packed Lottie animations."""
    try:
        text = zlib.decompressobj(31).decompress(head, HEAD_BYTES)
    except zlib.error:
        text = b""
    if re.search(rb'"tgs"\s*:', text) or _is_lottie(text):
        _reject_named("a Telegram animated sticker (TGS)")
    _reject_named("a compressed SVG drawing (SVGZ)" if b"<svg" in text.lower() else "an archive (gzip)")


def _reject_tiff(head: bytes) -> NoReturn:
    if head[8:10] == b"CR":
        _reject_named("a camera’s raw file (CR2)")
    if any(mark in head for mark in DNG_VERSION):
        _reject_named("a camera’s raw file (DNG)")
    for maker, name in RAW_MAKERS.items():
        if maker in head[:4096]:
            _reject_named(name)
    _reject_named("a TIFF picture")


def _reject_text(head: bytes) -> None:
    """Raise `UnsupportedFile` for a format that is text."""
    text = head.replace(b"\0", b"").lower()  # in UTF-16, too
    if b"<svg" in text:
        raise UnsupportedFile("unsupported_format", f"This is an SVG drawing. Export it as {FORMAT_NAMES} first.")
    if _is_lottie(head):
        _reject_named("a Lottie animation (JSON)")
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype )?html", text):
        _reject_named("a web page, not the picture on it")


def _is_lottie(text: bytes) -> bool:
    keys = set(re.findall(rb'"(v|fr|ip|op|layers|assets)"\s*:', text))
    return text.lstrip()[:1] == b"{" and len(keys) >= 4


def _reject_named(name: str) -> NoReturn:
    raise UnsupportedFile("unsupported_format", f"This is {name}. Save it as {FORMAT_NAMES} first.")
