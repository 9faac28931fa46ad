from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from animations import storage
from animations.actions import uploads
from animations.actions.errors import ActionError
from tests.conftest import png, upload


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Return the folder in which uploads are decoded."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return tmp_path


def test_an_upload_is_decoded_in_a_folder_that_is_deleted_afterwards(folder: Path) -> None:
    sent = png((9, 8, 7, 255), size=32)
    with uploads.decode_upload(1, upload(sent)) as picture:
        assert picture.original.read_bytes() == sent
        assert picture.decoded.picture.is_file()
        assert (picture.decoded.format, picture.decoded.width, picture.decoded.height) == ("png", 32, 32)
        assert picture.original.parent.parent == folder
    assert list(folder.iterdir()) == []


def test_the_folder_is_deleted_also_when_its_use_fails(folder: Path) -> None:
    with pytest.raises(KeyError), uploads.decode_upload(1, upload()):
        raise KeyError
    assert list(folder.iterdir()) == []


def test_a_file_that_is_no_picture_is_refused_and_leaves_nothing(folder: Path) -> None:
    with (
        pytest.raises(ActionError, match="not a picture") as refused,
        uploads.decode_upload(1, upload(b"These are words.")),
    ):
        pytest.fail("there is nothing to use")
    assert (refused.value.code, refused.value.attr, refused.value.status) == ("not_a_picture", "source", 400)
    assert list(folder.iterdir()) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(folder: Path, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 3_000_000
    sent = upload(bytes(3_000_001))
    with pytest.raises(ActionError, match="larger than 3 MB") as refused, uploads.decode_upload(1, sent):
        pytest.fail("there is nothing to use")
    assert (refused.value.code, refused.value.attr, refused.value.status) == ("too_large", "source", 413)
    assert sent.tell() == 0
    assert list(folder.iterdir()) == []


def test_a_stored_picture_keeps_the_original_beside_the_master(folder: Path) -> None:
    sent, project_id = png((9, 8, 7, 100), size=32), uuid.uuid4()
    with uploads.decode_upload(1, upload(sent)) as picture:
        normalised = picture.decoded.picture.read_bytes()
        source = uploads.store(picture, project_id)
    assert storage.read(source.original.name) == sent
    assert storage.read(source.picture.name) == normalised != sent
    assert (source.project_id, source.original_format) == (project_id, "png")
    assert (source.width, source.height, source.has_alpha) == (32, 32, True)
    assert source._state.adding, "the row is saved by whoever has the project's"
    assert len(default_storage.listdir(storage.folder(project_id))[1]) == 2
    storage.delete_project_files(project_id)


FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("my_cat.final.png", "my cat.final"),
        ("../../etc/passwd", "passwd"),
        ("_.png", "Untitled emoji"),
        ("x" * 150 + ".png", "x" * 100),
        ("🐱" * 150 + ".png", "🐱" * 100),
        ("x" * 98 + FAMILY + ".png", "x" * 98),
        ("x" * 95 + FAMILY + ".png", "x" * 95 + FAMILY),
        ("x" * 99 + "n\u0303" + ".png", "x" * 99),
        ("x" * 99 + "👍🏽" + ".png", "x" * 99),
        ("n" + "\u0303" * 150 + ".png", "Untitled emoji"),
    ],
)
def test_a_project_without_a_name_is_named_after_its_file(file: str, name: str) -> None:
    assert uploads.file_stem(upload(name=file)) == name
