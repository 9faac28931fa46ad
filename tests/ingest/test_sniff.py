"""Unsupported formats are rejected by name, with what to do instead."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from animations.ingest.errors import UnsupportedFile
from animations.ingest.formats import ACCEPT, FORMAT_NAMES
from animations.ingest.sniff import sniff
from tests.ingest.images import encoded, two_halves

LOTTIE: Final = json.dumps({"v": "5.7", "fr": 60, "ip": 0, "op": 180, "w": 512, "h": 512, "layers": []}).encode()
SVG: Final = b"<?xml version='1.0'?>\n<!-- " + b"x" * 3000 + b" --><svg xmlns='http://www.w3.org/2000/svg'/>"

NAMED: Final[dict[str, tuple[bytes, str]]] = {
    "tgs": (gzip.compress(json.dumps({"tgs": 1, **json.loads(LOTTIE)}).encode()), "Telegram animated sticker (TGS)"),
    "lottie in gzip": (gzip.compress(LOTTIE), "Telegram animated sticker (TGS)"),
    "lottie": (LOTTIE, "Lottie animation"),
    "dotlottie": (b"PK\3\4" + bytes(26) + b"animations/a.json" + bytes(40), "dotLottie"),
    "svg": (SVG, "SVG drawing"),
    "svg in utf-16": ("<svg/>".encode("utf-16"), "SVG drawing"),
    "svgz": (gzip.compress(SVG), "compressed SVG drawing"),
    "gzip": (gzip.compress(b"words"), "archive"),
    "zip": (b"PK\3\4" + bytes(60), "archive (ZIP)"),
    "web page": (b"\n<!DOCTYPE html><html><img src=cat.png></html>", "web page"),
    "ico": (encoded(two_halves(), "ICO"), "icon file (ICO)"),
    "cursor": (b"\0\0\2\0\1\0" + bytes(60), "cursor file (CUR)"),
    "tga": (encoded(two_halves(), "TGA"), "TGA picture"),
    "bmp": (encoded(two_halves(), "BMP"), "BMP picture"),
    "tiff": (encoded(two_halves(), "TIFF"), "TIFF picture"),
    "big-endian tiff": (b"MM\0*" + bytes(60), "TIFF picture"),
    "pdf": (encoded(two_halves(), "PDF"), "PDF document"),
    "eps": (encoded(two_halves(), "EPS"), "PostScript drawing"),
    "jpeg 2000": (encoded(two_halves(), "JPEG2000"), "JPEG 2000"),
    "jpeg 2000 codestream": (b"\xff\x4f\xff\x51" + bytes(60), "JPEG 2000"),
    "jpeg xl": (b"\xff\x0a" + bytes(60), "JPEG XL"),
    "jpeg xl in boxes": (b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl ", "JPEG XL"),
    "psd": (b"8BPS\0\1" + bytes(60), "Photoshop document (PSD)"),
    "cr2": (b"II*\0\x10\0\0\0CR\2\0" + bytes(60), "raw file (CR2)"),
    "cr3": (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(60), "raw file (CR3)"),
    "nef": (b"MM\0*\0\0\0\x08" + bytes(200) + b"NIKON CORPORATION\0" + bytes(60), "raw file (NEF)"),
    "arw": (b"II*\0\x08\0\0\0" + bytes(200) + b"SONY\0ILCE-7M3\0" + bytes(60), "raw file (ARW)"),
    "dng": (b"II*\0\x08\0\0\0" + struct.pack("<HHI4B", 0xC612, 1, 4, 1, 4, 0, 0) + bytes(60), "raw file (DNG)"),
    "raf": (b"FUJIFILMCCD-RAW 0201" + bytes(60), "raw file (RAF)"),
    "flash": (b"CWS\x0a" + bytes(60), "Flash film"),
    "flv": (b"FLV\1" + bytes(60), "Flash video"),
    "avi": (b"RIFF\0\0\0\0AVI LIST" + bytes(60), "AVI video"),
    "wav": (b"RIFF\0\0\0\0WAVEfmt " + bytes(60), "sound (WAV)"),
}


@pytest.mark.parametrize("name", NAMED)
def test_an_unsupported_format_is_rejected_by_name(name: str, tmp_path: Path) -> None:
    data, said = NAMED[name]
    path = tmp_path / "upload.png"
    path.write_bytes(data)
    with pytest.raises(UnsupportedFile) as refused:
        sniff(path)
    assert refused.value.code == "unsupported_format"
    assert said in refused.value.message
    assert refused.value.message.endswith(f"as {FORMAT_NAMES} first.")


@pytest.mark.parametrize("data", [b"{}", b'{"layers": 3}', b"words", bytes(64), b"\x1f\x8b\x08" + bytes(64)])
def test_an_unknown_format_is_rejected(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "upload.png"
    path.write_bytes(data)
    with pytest.raises(UnsupportedFile, match="PNG, JPEG"):
        sniff(path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_the_accepted_formats_are_those_that_are_listed(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(encoded(Image.new("RGB", (32, 32)), kind))
    assert sniff(path) in FORMAT_NAMES.lower().replace(" or ", ", ").split(", ")
    assert f"image/{kind.lower()}" in ACCEPT.split(",")
