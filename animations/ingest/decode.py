"""Decode a stranger's file: the command that `animations.ingest.client` runs in a bounded child process.

    python -m animations.ingest.decode picture SOURCE TARGET
        writes the (first) picture to TARGET: upright, sRGB, 8-bit RGB or RGBA, at most 2048 px on a side, without
        metadata. Reports {"format", "width", "height", "has_alpha", "background", "source_width", "source_height",
        "animated"} and of a clip "clip": {"times_ms", "clip_ms"}.
    python -m animations.ingest.decode frames SOURCE OUT_DIR NUMBERS [CROP]
        writes 0.png, 3.png … of those of a clip's frames NUMBERS (`0,3,17`) that can be read, at most 512 px on a
        side. CROP (`left,top,right,bottom` in px of the clip as it is shown) leaves out what lies around it before
        they shrink. Reports {"frames": [0, 3, …], "size": [width, height]} of the frames as they are shown.

The report is one line of JSON on standard output: {"error": {"code", "message"}}, and exit status 1, for what cannot
be decoded. Decoders are the part of the product that strangers feed, so they run where they can be bounded and
killed. Only Pillow, pi-heif, the standard library and, for a video, PyAV are loaded here.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from PIL import Image

from animations.ingest.clips.clip import Clip, open_clip
from animations.ingest.errors import UnsupportedFile
from animations.ingest.normalise import normalise
from animations.ingest.process import cpu_time
from animations.ingest.readers import SourcePicture, crop_picture, open_picture
from animations.ingest.sniff import sniff
from animations.matte.background.classify import classify_background

PICTURE_SIDE: Final = 2048
"""Pixels of the longer side of a normalised picture."""
FRAME_SIDE: Final = 512
"""Pixels of the longer side of a clip's frame: an emoji has no more."""
MEMORY_BYTES: Final = 385_000_000
"""Private memory. 40 megapixels need 120 to 370 MB, by format; shared libraries come on top."""
ADDRESS_BYTES: Final = 1_500_000_000
PICTURE_CPU_SECONDS: Final = 10
FRAMES_CPU_SECONDS: Final = 60
FILE_BYTES: Final = 64_000_000
DISK_FULL_ERRNOS: Final = (errno.ENOSPC, errno.EDQUOT)
NICENESS: Final = 5
"""Below web, which answers everybody else meanwhile."""
PNG_LEVEL: Final = 3
"""zlib's level: a third of the time of its default 6, and a few per cent larger."""
FRAME_PNG_LEVEL: Final = 1
FRAMES_SEARCHED: Final = 60
"""Of a clip, for the first in which there is something to see."""


def main(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    task, source, target, *lists = arguments
    _bound(PICTURE_CPU_SECONDS if task == "picture" else FRAMES_CPU_SECONDS)
    try:
        if task == "picture":
            report = write_picture(Path(source), Path(target))
        else:
            report = write_frames(Path(source), Path(target), *(list(map(int, each.split(","))) for each in lists))
    except UnsupportedFile as error:
        report = _failure(error)
    except OSError as error:  # the file has other errors only where the decoder itself could write
        report = {"errno": error.errno} if error.errno in DISK_FULL_ERRNOS else _failure(UnsupportedFile.damaged())
    except MemoryError:
        report = _failure(UnsupportedFile("too_heavy", "This file needs too much memory to open. Save it smaller."))
    except Exception:  # noqa: BLE001  a hostile file can raise anything out of a decoder
        report = _failure(UnsupportedFile.damaged())
    sys.stdout.write(json.dumps(report) + "\n")
    return 1 if {"error", "errno"} & report.keys() else 0


def _failure(error: UnsupportedFile) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": error.message}}


def write_picture(source: Path, target: Path) -> dict[str, Any]:
    """Write the normalised picture of `source` to `target`, whole or not at all, and return the report.

    Raises `UnsupportedFile`, or whatever a decoder raises.
    """
    kind = sniff(source)
    clip = open_clip(source, kind)
    picture, normalised = _first_visible(clip) if clip else _still(source)
    if _is_blank(normalised):
        raise UnsupportedFile("blank", "This picture is fully transparent: there is nothing to see in it.")
    unfinished = target.with_suffix(".part")
    normalised.save(unfinished, "PNG", compress_level=PNG_LEVEL)
    unfinished.rename(target)
    report: dict[str, Any] = {
        "format": picture.format,
        "width": normalised.width,
        "height": normalised.height,
        "has_alpha": normalised.mode == "RGBA",
        "background": classify_background(normalised),
        "source_width": picture.full_size[0],
        "source_height": picture.full_size[1],
        "animated": picture.is_animated,
    }
    if clip and len(clip.times_ms) > 1:
        report["clip"] = {"times_ms": clip.times_ms, "clip_ms": clip.length_ms}
    return report


def write_frames(source: Path, out_dir: Path, numbers: list[int], crop: Sequence[int] = ()) -> dict[str, Any]:
    """Write these frames of the clip `source`, or that part of them, as `<number>.png`, and return the report.

    The same file gives the same pixels each time. Raises as `write_picture` does.
    """
    clip = open_clip(source, sniff(source))
    if clip is None:
        raise UnsupportedFile("damaged", "This clip holds one picture only.")
    cpu_time.allow_for(len(clip.times_ms) * clip.size[0] * clip.size[1])
    written: list[int] = []
    size = clip.size
    for number, picture in clip.frames(frozenset(numbers)):
        size = picture.size
        frame = normalise(crop_picture(picture, crop) if crop else picture, FRAME_SIDE)
        frame.save(out_dir / f"{number}.png", "PNG", compress_level=FRAME_PNG_LEVEL)
        written.append(number)
    return {"frames": written, "size": size}


def _still(source: Path) -> tuple[SourcePicture, Image.Image]:
    picture = open_picture(source, PICTURE_SIDE)
    return picture, normalise(picture, PICTURE_SIDE)


def _first_visible(clip: Clip) -> tuple[SourcePicture, Image.Image]:
    """Return the clip's first picture in which there is something to see: many begin with an empty one."""
    searched = min(len(clip.times_ms), FRAMES_SEARCHED)
    cpu_time.allow_for(searched * clip.size[0] * clip.size[1])
    for _, picture in clip.frames(range(searched)):
        normalised = normalise(picture, PICTURE_SIDE)
        if not _is_blank(normalised):
            return picture, normalised
    raise UnsupportedFile("blank", "There is nothing to see in this clip: its first pictures are empty or damaged.")


def _is_blank(picture: Image.Image) -> bool:
    return picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (0, 0)


def _bound(cpu_seconds: int) -> None:
    Image.MAX_IMAGE_PIXELS = None  # our own bound is lower, and is checked before a pixel is read
    cpu_time.bound(cpu_seconds)
    os.nice(NICENESS)
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_DATA: MEMORY_BYTES,
        resource.RLIMIT_AS: ADDRESS_BYTES,
        resource.RLIMIT_FSIZE: FILE_BYTES,
    }
    for which, most in limits.items():
        with suppress(OSError, ValueError):  # some systems know a limit and refuse to set it
            resource.setrlimit(which, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
