from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from animations.ingest.decode import write_frames, write_picture
from tests.ingest.checks import read_image

DecodeClip = Callable[[bytes], tuple[dict[str, Any], list[Image.Image]]]


@pytest.fixture
def decode_clip(tmp_path: Path, out_dir: Path) -> DecodeClip:
    """Return a function that reads a clip's report and all its frames, in this process."""

    def decode(data: bytes) -> tuple[dict[str, Any], list[Image.Image]]:
        path = tmp_path / "upload"
        path.write_bytes(data)
        report = write_picture(path, out_dir / "picture.png")
        numbers = list(range(len(report["clip"]["times_ms"])))
        frames = write_frames(path, out_dir, numbers)["frames"]
        return report, [read_image(out_dir / f"{number}.png") for number in frames]

    return decode
