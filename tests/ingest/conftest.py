from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from animations.ingest.decode import write_picture
from tests.ingest.checks import read_image

DecodeImage = Callable[[bytes], tuple[dict[str, Any], Image.Image]]


@pytest.fixture
def out_dir(tmp_path: Path) -> Path:
    path = tmp_path / "out"
    path.mkdir()
    return path


@pytest.fixture
def decode_image(tmp_path: Path, out_dir: Path) -> DecodeImage:
    """Return a function that normalises a picture in this process, for pictures that mean no harm."""

    def decode(data: bytes) -> tuple[dict[str, Any], Image.Image]:
        path = tmp_path / "upload"
        path.write_bytes(data)
        report = write_picture(path, out_dir / "picture.png")
        image = read_image(out_dir / "picture.png")
        assert [file.name for file in out_dir.iterdir()] == ["picture.png"]
        assert (report["width"], report["height"]) == image.size
        assert report["has_alpha"] == (image.mode == "RGBA")
        return report, image

    return decode
