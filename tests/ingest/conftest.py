from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from animations.ingest.decode import write_picture

Opened = Callable[[bytes], tuple[dict[str, Any], Image.Image]]


@pytest.fixture
def out_dir(tmp_path: Path) -> Path:
    path = tmp_path / "out"
    path.mkdir()
    return path


@pytest.fixture
def opened(tmp_path: Path, out_dir: Path) -> Opened:
    """The report and the master of these bytes, made in this process: quick, for pictures that mean no harm."""

    def open_(data: bytes) -> tuple[dict[str, Any], Image.Image]:
        path = tmp_path / "upload"
        path.write_bytes(data)
        report = write_picture(path, out_dir / "picture.png")
        with Image.open(out_dir / "picture.png") as image:
            image.load()
        assert [file.name for file in out_dir.iterdir()] == ["picture.png"]
        assert (report["width"], report["height"]) == image.size
        assert report["has_alpha"] == (image.mode == "RGBA")
        return report, image

    return open_
