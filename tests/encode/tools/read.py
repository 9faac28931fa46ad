"""What Debian's programs say of an exported file, and its first frame as they show it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from tests.encode.images import Frame
from tests.encode.tools.programs import pixels, run

RAW: Final = ("-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgba", "-")


@dataclass(frozen=True)
class Seen:
    """Sizes in px, times in ms; `plays` 0 is for ever, None where the container cannot say. `first` is RGBA."""

    width: int
    height: int
    delays_ms: list[int]
    plays: int | None
    first: Frame


def read_by_tools(path: Path) -> Seen:
    """Read a file by the program that knows its format best."""
    return READERS[path.suffix](path)


def _gif(path: Path) -> Seen:
    said = run("gifsicle", "--info", path)
    width, height = map(int, _found(r"logical screen (\d+)x(\d+)", said))
    delays = [round(1000 * float(delay)) for delay in re.findall(r"delay ([\d.]+)s", said)]
    loops = re.search(r"loop (forever|count \d+)", said)
    plays = 1 if loops is None else 0 if loops[1] == "forever" else 1 + int(loops[1].split()[1])
    return Seen(width, height, delays, plays, _by_ffmpeg(path, width, height))


def _png(path: Path) -> Seen:
    """Read an APNG: apngdis takes it apart into whole pictures, each with its delay."""
    run("apngdis", path, folder=path.parent)
    names = sorted(path.parent.glob("apngframe*.txt"))
    delays = [[int(part) for part in _found(r"delay=(\d+)/(\d+)", name.read_text())] for name in names]
    with Image.open(names[0].with_suffix(".png")) as picture:
        first = np.asarray(picture.convert("RGBA"))
    (plays,) = _found(r"num_play: (\d+)", run("ffprobe", "-v", "debug", path))
    height, width = first.shape[:2]
    return Seen(width, height, [round(1000 * over / under) for over, under in delays], int(plays), first)


def _webp(path: Path) -> Seen:
    said = run("webpmux", "-info", path)
    width, height = map(int, _found(r"Canvas size: (\d+) x (\d+)", said))
    (plays,) = _found(r"Loop Count : (\d+)", said)
    rows = re.findall(r"^ *\d+: +\d+ +\d+ +\w+ +(\d+) +(\d+) +(\d+)", said, re.MULTILINE)
    x, y, _ = map(int, rows[0])
    run("webpmux", "-get", "frame", "1", path, "-o", path.with_name("one.webp"))
    with Image.open(io.BytesIO(pixels("dwebp", path.with_name("one.webp"), "-o", "-"))) as picture:
        part = np.asarray(picture.convert("RGBA"))
    first = np.zeros((height, width, 4), np.uint8)
    first[y : y + part.shape[0], x : x + part.shape[1]] = part
    return Seen(width, height, [int(delay) for _, _, delay in rows], int(plays), first)


def _avif(path: Path) -> Seen:
    said = run("avifdec", "--info", path)
    assert _found(r"Alpha +: ([\w ]+)", said) == ["Not premultiplied"]
    assert _found(r"Range +: (\w+)", said) == ["Limited"]
    width, height = map(int, _found(r"Resolution +: (\d+)x(\d+)", said))
    delays = [int(delay) for delay in re.findall(r"\[duration [\d.]+ \((\d+) timescales\)\]", said)]
    scale = int(_found(r"(\d+) timescales per second", said)[0])
    run("avifdec", path, path.with_name("one.png"))
    with Image.open(path.with_name("one.png")) as picture:
        first = np.asarray(picture.convert("RGBA"))
    return Seen(width, height, [round(1000 * delay / scale) for delay in delays], None, first)


def _webm(path: Path) -> Seen:
    said = _probed(path)
    (stream,) = said["streams"]
    assert (stream["codec_name"], stream["tags"]["alpha_mode"]) == ("vp9", "1")
    assert {stream[f"color_{name}"] for name in ("space", "transfer", "primaries")} == {"bt709"}
    assert stream["color_range"] == "tv"
    delays = [round(1000 * float(frame["pkt_duration_time"])) for frame in said["frames"]]
    width, height = stream["width"], stream["height"]
    return Seen(width, height, delays, None, _by_ffmpeg(path, width, height, "-c:v", "libvpx-vp9"))


def _zip(path: Path) -> Seen:
    """Read the frames of a ZIP, and see that the sheet shows them."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(path.parent)
    entries = json.loads((path.parent / "sheet.json").read_text())["frames"]
    (sheet,) = _probed(path.parent / "sheet.png")["streams"]
    drawn = _by_ffmpeg(path.parent / "sheet.png", sheet["width"], sheet["height"])
    for entry in entries:
        place = entry["frame"]
        x, y, width, height = (place[name] for name in "xywh")
        frame = _by_ffmpeg(path.parent / entry["filename"], width, height)
        assert np.array_equal(drawn[y : y + height, x : x + width], frame)
    return Seen(width, height, [entry["duration"] for entry in entries], None, drawn[:height, :width])


READERS: Final[dict[str, Callable[[Path], Seen]]] = {
    ".gif": _gif, ".png": _png, ".webp": _webp, ".avif": _avif, ".webm": _webm, ".zip": _zip,
}  # fmt: skip


def _found(pattern: str, text: str) -> list[str]:
    found = re.search(pattern, text)
    assert found, text
    return list(found.groups())


def _probed(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(
        run("ffprobe", "-v", "error", "-show_streams", "-show_frames", "-of", "json", path)
    )
    return said


def _by_ffmpeg(path: Path, width: int, height: int, *decoder: str) -> Frame:
    data = pixels("ffmpeg", "-v", "error", *decoder, "-i", path, *RAW)
    return np.frombuffer(data, np.uint8).reshape(height, width, 4)
