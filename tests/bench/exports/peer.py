"""Make a file with sticker-convert, by the peers' own environment: `python peer.py SOURCE TARGET PRESET BYTES`.

sticker-convert is under the GPL: nothing of the product imports it, and this file is run as a program of its own.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from sticker_convert.converter import StickerConvert  # type: ignore[import-not-found]
from sticker_convert.job_option import CompOption  # type: ignore[import-not-found]

HELD = ("discord_emoji",)
"""Presets whose files would be smaller than the platforms' rules say: their sides are held at the largest."""


class Silent:
    """Take the messages and drop them."""

    def put(self, message: object) -> None: ...


def options(name: str, most_bytes: int) -> CompOption:
    """Return the preset of that name, as its command line reads it, with a byte limit."""
    preset: dict[str, Any] = json.loads((files("sticker_convert.resources") / "compression.json").read_text())[name]
    found = CompOption(preset=name, size_max_img=most_bytes, size_max_vid=most_bytes)
    found.format_img, found.format_vid = (preset["format"]["img"],), (preset["format"]["vid"],)
    for field in ("fps", "quality", "color", "duration"):
        for key, value in preset[field].items():
            setattr(found, f"{field}_{key}", value)
    for side in ("w", "h"):
        setattr(found, f"res_{side}_min", preset["res"][side]["max" if name in HELD else "min"])
        setattr(found, f"res_{side}_max", preset["res"][side]["max"])
    found.res_power, found.res_snap_pow2 = preset["res"]["power"], preset["res"]["snap_pow2"]
    for field in ("steps", "bg_color", "padding_percent", "fake_vid", "quantize_method", "scale_filter"):
        setattr(found, field, preset[field])
    return found


def main(source: str, target: str, preset: str, most_bytes: str) -> None:
    """Make the file, and print the processor's seconds, those of children with them."""
    wanted = options(preset, int(most_bytes))
    before = sum(os.times()[:4])
    done, _, path, _ = StickerConvert.convert(Path(source), Path(target), wanted, Silent(), None)
    print(json.dumps({"seconds": sum(os.times()[:4]) - before, "path": str(path) if done else None}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
