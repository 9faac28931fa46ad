"""What strangers send made safe, in a process of its own. `python -m animations.ingest.decode SOURCE OUT_DIR` writes

OUT_DIR/master.png: the (first) picture upright, sRGB, 8-bit RGB or RGBA, at most 2048 px on a side, without metadata.
Decoders are the part of the product that strangers feed, so they run where they can be bounded and killed. Only
Pillow, pi-heif, the standard library and, for a video, PyAV are loaded here. Standard output gets one line of JSON:

    {"format", "width", "height", "has_alpha", "ground", "source_width", "source_height", "animated"}
        and of a clip "clip": {"times_ms", "clip_ms"}
    {"error": {"code", "message"}}          and exit status 1

With a third argument, numbers of a clip's frames as in `0,3,17`, it writes 0.png, 3.png … of those that can be read,
at most 512 px on a side, and says {"frames": [0, 3, …], "size": [width, height]} of the frames as they are shown.
A fourth, a crop in px of that size as in `left,top,right,bottom`, leaves out what lies around it before they shrink.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from PIL import Image

from animations.ingest.clips.clip import Clip, open_clip
from animations.ingest.normalise import draw
from animations.ingest.readers import Picture, cropped, read
from animations.ingest.sniff import Refused, sniff
from animations.matte.ground import ground_of

LARGEST: Final = 2048
"""Pixels of the longer side of a master."""
FRAME_LARGEST: Final = 512
"""Pixels of the longer side of a clip's frame: an emoji has no more."""
MEMORY_BYTES: Final = 385_000_000
"""Private memory. 40 megapixels need 120 to 370 MB, by format; shared libraries come on top."""
ADDRESS_BYTES: Final = 1_500_000_000
CPU_SECONDS: Final = 10
FRAMES_CPU_SECONDS: Final = 60
FILE_BYTES: Final = 64_000_000
PNG_LEVEL: Final = 3
"""zlib's level: a third of the time of its default 6, and a few per cent larger."""
FRAME_PNG_LEVEL: Final = 1
LOOKED_AT: Final = 60
"""Frames of a clip, to find one for its master."""


def main(arguments: list[str]) -> int:
    """Decode, report, and say by the exit status whether there is something."""
    source, out_dir = map(Path, arguments[:2])
    wanted, crop = (_numbers(arguments, place) for place in (2, 3))
    _bound(FRAMES_CPU_SECONDS if wanted else CPU_SECONDS)
    try:
        report = make_frames(source, out_dir, wanted, crop) if wanted else make_master(source, out_dir / "master.png")
    except Refused as refused:
        report = {"error": {"code": refused.code, "message": refused.message}}
    except MemoryError:
        message = "This file needs too much memory to open. Save it smaller."
        report = {"error": {"code": "too_heavy", "message": message}}
    except Exception:  # noqa: BLE001  a hostile file can raise anything out of a decoder
        message = "This file is damaged and cannot be opened. Try to save it again."
        report = {"error": {"code": "damaged", "message": message}}
    sys.stdout.write(json.dumps(report) + "\n")
    return 1 if "error" in report else 0


def _numbers(arguments: list[str], place: int) -> list[int]:
    return [int(number) for number in arguments[place].split(",")] if len(arguments) > place else []


def make_master(source: Path, target: Path) -> dict[str, Any]:
    """Write the master of `source` (any accepted format) to `target`, whole or not at all; its report.

    Raises `Refused`, or whatever a decoder raises.
    """
    kind = sniff(source)
    clip = open_clip(source, kind)
    picture, master = _first(clip) if clip else _still(source)
    if _is_blank(master):
        raise Refused("blank", "This picture is fully transparent: there is nothing to see in it.")
    unfinished = target.with_suffix(".part")
    master.save(unfinished, "PNG", compress_level=PNG_LEVEL)
    unfinished.rename(target)
    report: dict[str, Any] = {
        "format": picture.format,
        "width": master.width,
        "height": master.height,
        "has_alpha": master.mode == "RGBA",
        "ground": ground_of(master),
        "source_width": picture.full_size[0],
        "source_height": picture.full_size[1],
        "animated": picture.animated,
    }
    if clip and len(clip.times_ms) > 1:
        report["clip"] = {"times_ms": clip.times_ms, "clip_ms": clip.length_ms}
    return report


def make_frames(source: Path, out_dir: Path, wanted: list[int], crop: Sequence[int] = ()) -> dict[str, Any]:
    """Write the wanted frames of the clip `source`, or that part of them, as `<number>.png`; which could be read.

    The same file gives the same pixels each time. Raises as `make_master` does.
    """
    clip = open_clip(source, sniff(source))
    if clip is None:
        raise Refused("damaged", "This clip holds one picture only.")
    written: list[int] = []
    size = clip.size
    for index, picture in clip.pictures(frozenset(wanted)):
        size = picture.size
        frame = draw(cropped(picture, crop) if crop else picture, FRAME_LARGEST)
        frame.save(out_dir / f"{index}.png", "PNG", compress_level=FRAME_PNG_LEVEL)
        written.append(index)
    return {"frames": written, "size": size}


def _still(source: Path) -> tuple[Picture, Image.Image]:
    picture = read(source, LARGEST)
    return picture, draw(picture, LARGEST)


def _first(clip: Clip) -> tuple[Picture, Image.Image]:
    """The clip's first picture in which there is something to see: many begin with an empty one."""
    for _, picture in clip.pictures(range(min(len(clip.times_ms), LOOKED_AT))):
        master = draw(picture, LARGEST)
        if not _is_blank(master):
            return picture, master
    raise Refused("blank", "There is nothing to see in this clip: its first pictures are empty or damaged.")


def _is_blank(master: Image.Image) -> bool:
    return master.mode == "RGBA" and master.getchannel("A").getextrema() == (0, 0)


def _bound(cpu_seconds: int) -> None:
    Image.MAX_IMAGE_PIXELS = None  # our own bound is lower, and is checked before a pixel is read
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_DATA: MEMORY_BYTES,
        resource.RLIMIT_AS: ADDRESS_BYTES,
        resource.RLIMIT_FSIZE: FILE_BYTES,
    }
    for which, most in limits.items():
        with suppress(OSError, ValueError):  # some systems know a limit and refuse to set it
            resource.setrlimit(which, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
