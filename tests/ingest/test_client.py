"""The client starts the decoding child, and returns its report or raises its error."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from animations.ingest.client import Decoded, decode
from animations.ingest.errors import DecodeError
from tests.conftest import png


@pytest.fixture
def out_dir(tmp_path: Path) -> Path:
    path = tmp_path / "out"
    path.mkdir()
    return path


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "original"
    path.write_bytes(png((200, 40, 40, 128), size=32))
    return path


def test_a_picture_comes_back_normalised_with_its_report(picture: Path, out_dir: Path) -> None:
    decoded = decode(picture, out_dir)
    assert decoded == Decoded(out_dir / "picture.png", "png", 32, 32, True, "transparent", 32, 32, False)
    with Image.open(decoded.picture) as image:
        assert (image.mode, image.getpixel((5, 5))) == ("RGBA", (200, 40, 40, 128))
    assert [path.name for path in out_dir.iterdir()] == ["picture.png"]


def test_a_file_that_is_no_picture_is_refused_in_words(picture: Path, out_dir: Path) -> None:
    picture.write_bytes(b"hello, this is no picture")
    with pytest.raises(DecodeError, match="not a picture") as error:
        decode(picture, out_dir)
    assert error.value.code == "not_a_picture"
    assert error.value.message == str(error.value)


def test_a_picture_that_takes_too_long_raises_and_leaves_nothing(picture: Path, out_dir: Path) -> None:
    (out_dir / "picture.part").write_bytes(b"half a picture")
    with pytest.raises(DecodeError) as error:
        decode(picture, out_dir, timeout=0.0)
    assert error.value.code == "too_slow"
    assert list(out_dir.iterdir()) == []


def test_a_file_that_cannot_be_read_is_called_damaged(picture: Path, out_dir: Path) -> None:
    with pytest.raises(DecodeError) as error:
        decode(picture.with_name("gone"), out_dir)
    assert error.value.code == "damaged"
