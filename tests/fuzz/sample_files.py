"""A whole file of every kind that is taken, and more of some: what is damaged before it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.ingest.images import display_p3, encoded, two_halves
from tests.ingest.sample_clips import CLEAR, GREEN, animation, apng, scenes, turned, video

DATA: Final = Path(__file__).parents[1] / "data"


Files = dict[str, dict[str, bytes]]
"""By their kind and their name."""


def whole_files(folder: Path) -> Files:
    """Return files of each kind; some are written in `folder` first."""
    made = [_stored(), _pictures(), _animations(), _videos(folder)]
    kinds = sorted({kind for files in made for kind in files})
    return {kind: {name: data for files in made for name, data in files.get(kind, {}).items()} for kind in kinds}


def _stored() -> Files:
    """Return the PNG, GIF, HEIC, AVIF and MP4 files that stand in the repository."""
    kinds: Files = {}
    for path in sorted(DATA.rglob("*.*")):
        if path.suffix not in {".md", ".json"}:
            kinds.setdefault(path.suffix[1:], {})[path.name] = path.read_bytes()
    return kinds


def _pictures() -> Files:
    photo, clear = two_halves(160, 120), scenes(1, background=CLEAR)[0]
    return {
        "jpeg": {
            "plain.jpg": encoded(photo, "JPEG", icc_profile=display_p3(), exif=_upright()),
            "progressive.jpg": encoded(photo, "JPEG", progressive=True),
            "cmyk.jpg": encoded(photo.convert("CMYK"), "JPEG"),
        },
        "webp": {
            "lossy.webp": encoded(photo, "WEBP", icc_profile=display_p3(), exif=_upright()),
            "lossless.webp": encoded(clear, "WEBP", lossless=True),
            "soft.webp": encoded(clear, "WEBP"),
        },
    }


def _animations() -> Files:
    plain, clear = scenes(4), scenes(4, background=CLEAR)
    patches = [(0, 0, 64, 48, (*GREEN, 255), 0, 0), (8, 8, 16, 16, (*GREEN, 90), 2, 1), (0, 0, 9, 9, CLEAR, 1, 1)]
    return {
        "apng": {"moving.png": animation(clear, "PNG"), "patches.png": apng((64, 48), patches)},
        "moving webp": {
            "plain.webp": animation(plain, "WEBP"),
            "clear.webp": animation(clear, "WEBP", lossless=True),
        },
        "moving gif": {"plain.gif": animation(plain, "GIF"), "clear.gif": animation(clear, "GIF", disposal=2)},
        "moving avif": {
            "plain.avif": animation(plain, "AVIF"),
            "clear.avif": animation(clear, "AVIF", [40, 200, 60, 9]),
        },
    }


def _videos(folder: Path) -> Files:
    plain, clear = scenes(6), scenes(6, background=CLEAR)
    return {
        "mp4": {
            "plain.mp4": video(folder / "plain.mp4", plain),
            "sound.mp4": turned(video(folder / "sound.mp4", plain, sound=True)),
            "h265.mp4": video(folder / "h265.mp4", plain, "libx265"),
        },
        "mov": {
            "plain.mov": video(folder / "plain.mov", plain, sound=True),
            "mpeg4.mov": video(folder / "mpeg4.mov", plain, "mpeg4"),
        },
        "webm": {
            "clear.webm": video(folder / "clear.webm", clear, "libvpx-vp9", alpha=True),
            "sound.webm": video(folder / "sound.webm", plain, "libvpx", sound=True),
        },
    }


def _upright() -> bytes:
    """Return Exif that has the picture turned."""
    return b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
