"""Comparisons of decoded images, and a decoder's memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from PIL import Image, ImageChops

ROOT = Path(__file__).parents[2]


def read_image(path: Path) -> Image.Image:
    """Read an image file into memory."""
    with Image.open(path) as image:
        return image.copy()


def is_near(found: Any, wanted: Sequence[int], tolerance: int) -> bool:
    """Return whether a pixel has these levels, give or take the tolerance in each channel."""
    return len(found) == len(wanted) and all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


def rgba_at(image: Image.Image, x: int, y: int) -> tuple[int, int, int, int]:
    """Return a pixel as RGBA."""
    return cast("tuple[int, int, int, int]", image.convert("RGBA").getpixel((x, y)))


def largest_difference(one: Image.Image, other: Image.Image) -> int:
    """Return the largest difference of any channel, as seen on one background."""
    pair = []
    for image in (one.convert("RGBA"), other.convert("RGBA")):
        seen = Image.new("RGBA", image.size, (90, 120, 30, 255))
        seen.alpha_composite(image)
        pair.append(seen)
    extrema = cast("tuple[tuple[int, int], ...]", ImageChops.difference(*pair).getextrema())
    return max(high for _, high in extrema)


def decoding_child_memory(path: Path, out_dir: Path, frames: str = "") -> tuple[int, list[str]]:
    """Return a decoding child's VmHWM in bytes, and which packages it loaded that it should not have."""
    script = """if True:
        import sys
        from animations.ingest.decode import main
        status = main(sys.argv[1:])
        peak = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
        print(*peak, *({"numpy", "cv2", "av", "django", "httpx"} & set(sys.modules)))
        sys.exit(status)
    """
    target = out_dir if frames else out_dir / "picture.png"
    task = ["frames" if frames else "picture", str(path), str(target), *([frames] if frames else [])]
    command = [sys.executable, "-c", script, *task]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    peak, *loaded = ran.stdout.splitlines()[-1].split()
    return int(peak) * 1024, loaded
