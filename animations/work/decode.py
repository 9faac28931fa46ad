"""One uploaded picture made safe, in a process of its own: `python -m animations.work.decode SOURCE OUT_DIR`.

Decoders are the part of the product that strangers feed, so they run where they can be bounded and killed. Only
Pillow, pi-heif and the standard library are loaded here. OUT_DIR gets `master.png`: upright, sRGB, 8-bit RGB or RGBA,
at most 2048 px on a side, without metadata. Standard output gets one line of JSON:

    {"format", "width", "height", "has_alpha", "source_width", "source_height", "animated"}
    {"error": {"code", "message"}}          and exit status 1
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from PIL import Image

from animations.work.master import draw
from animations.work.readers import Refused, read

LARGEST: Final = 2048
"""Pixels of the longer side of a master."""
MEMORY_BYTES: Final = 385_000_000
"""Private memory. 40 megapixels need 120 to 370 MB, by format; shared libraries come on top."""
ADDRESS_BYTES: Final = 1_500_000_000
CPU_SECONDS: Final = 10
FILE_BYTES: Final = 64_000_000
PNG_LEVEL: Final = 3
"""zlib's level: a third of the time of its default 6, and a few per cent larger."""


def main(arguments: list[str]) -> int:
    """Decode, report, and say by the exit status whether there is a master."""
    source, out_dir = map(Path, arguments)
    _bound()
    try:
        report: dict[str, object] = make_master(source, out_dir / "master.png")
    except Refused as refused:
        report = {"error": {"code": refused.code, "message": refused.message}}
    except MemoryError:
        message = "This picture needs too much memory to open. Save it smaller, or as PNG or JPEG."
        report = {"error": {"code": "too_heavy", "message": message}}
    except Exception:  # noqa: BLE001  a hostile file can raise anything out of a decoder
        message = "This picture is damaged and cannot be opened. Try to save it again."
        report = {"error": {"code": "damaged", "message": message}}
    sys.stdout.write(json.dumps(report) + "\n")
    return 1 if "error" in report else 0


def make_master(source: Path, target: Path) -> dict[str, object]:
    """Write the master of `source` (any accepted format) to `target`, whole or not at all; its report.

    Raises `Refused`, or whatever a decoder raises.
    """
    picture = read(source, LARGEST)
    master = draw(picture, LARGEST)
    if master.mode == "RGBA" and master.getchannel("A").getextrema() == (0, 0):
        raise Refused("blank", "This picture is fully transparent: there is nothing to see in it.")
    unfinished = target.with_suffix(".part")
    master.save(unfinished, "PNG", compress_level=PNG_LEVEL)
    unfinished.rename(target)
    return {
        "format": picture.format,
        "width": master.width,
        "height": master.height,
        "has_alpha": master.mode == "RGBA",
        "source_width": picture.full_size[0],
        "source_height": picture.full_size[1],
        "animated": picture.animated,
    }


def _bound() -> None:
    Image.MAX_IMAGE_PIXELS = None  # our own bound is lower, and is checked before a pixel is read
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_DATA: MEMORY_BYTES,
        resource.RLIMIT_AS: ADDRESS_BYTES,
        resource.RLIMIT_FSIZE: FILE_BYTES,
    }
    for which, most in limits.items():
        with suppress(OSError, ValueError):  # some systems know a limit and refuse to set it
            resource.setrlimit(which, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
