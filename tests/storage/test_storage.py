"""Stored files: whole or not there, whatever the disk does."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from animations import storage
from tests.small_disk import small_disk

DISK_BYTES = 256 * 1024
SAVE_FOR_EVER = """
import sys, uuid, django
from django.conf import settings
backend = "emojiforge.local_storage.AtomicFileStorage"
settings.configure(MEDIA_ROOT=sys.argv[1], STORAGES={"default": {"BACKEND": backend}})
django.setup()
from animations import storage
project = uuid.uuid4()
for number in range(10**6):
    storage.save(project, number.to_bytes(4) * 500_000, "bin")
"""


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """Keep stored files on a disk of 256 KB."""
    with small_disk(tmp_path / "media", DISK_BYTES) as folder:
        settings.MEDIA_ROOT = folder
        yield folder


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_that_meets_a_full_disk_leaves_nothing_and_is_saved_when_there_is_room(media: Path) -> None:
    project, data = uuid4(), os.urandom(DISK_BYTES + 8192)
    with pytest.raises(OSError):
        storage.save(project, data, "png")
    assert files_below(media) == []
    assert storage.read(storage.save(project, data[:1000], "png")) == data[:1000]


def test_a_file_that_was_cut_short_is_no_proof_and_is_replaced_under_its_name(media: Path) -> None:
    project, data = uuid4(), os.urandom(5000)
    name = storage.save(project, data, "png")
    (media / name).write_bytes(data[:3000])
    assert storage.save(project, data, "png") == name
    assert storage.read(name) == data
    assert [str(path.relative_to(media)) for path in files_below(media)] == [name]


def test_equal_bytes_are_stored_once_and_not_written_again(media: Path) -> None:
    project, data = uuid4(), os.urandom(5000)
    name = storage.save(project, data, "png")
    before = (media / name).stat().st_ino
    assert storage.save(project, data, "png") == name
    assert (media / name).stat().st_ino == before


@pytest.mark.parametrize("damage", [None, b"", b"short"])
def test_a_copy_takes_the_place_of_one_that_a_killed_run_has_left(media: Path, damage: bytes | None) -> None:
    data, other = os.urandom(5000), uuid4()
    name = storage.save(uuid4(), data, "png")
    copied = storage.copy_file(name, other)
    if damage is not None:
        (media / copied).unlink()
        (media / copied).write_bytes(damage)
    assert storage.copy_file(name, other) == copied
    assert storage.read(copied) == storage.read(name) == data
    assert {str(path.relative_to(media)) for path in files_below(media)} == {name, copied}


def test_a_file_that_is_gone_is_not_copied(media: Path) -> None:
    name = storage.save(uuid4(), b"bytes", "png")
    (media / name).unlink()
    with pytest.raises(FileNotFoundError):
        storage.copy_file(name, uuid4())
    assert files_below(media) == []


@pytest.mark.parametrize("damage", [b"", b"\0" * 5000, b"short"])
def test_damaged_bytes_are_never_read_as_if_they_were_whole(media: Path, damage: bytes) -> None:
    name = storage.save(uuid4(), os.urandom(5000), "png")
    assert storage.is_intact(name)
    (media / name).write_bytes(damage)
    assert not storage.is_intact(name)
    with pytest.raises(storage.DamagedFile):
        storage.read(name)


def test_a_file_that_has_grown_beyond_all_of_ours_is_not_read(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = storage.save(uuid4(), b"small", "png")
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("it was read"))
    with (media / name).open("r+b") as file:
        file.truncate(storage.MAX_BYTES + 1)
    tracemalloc.start()
    with pytest.raises(storage.DamagedFile):
        storage.read(name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
    assert not storage.is_intact(name)


def test_a_kill_while_files_are_written_leaves_none_that_is_cut_short(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    command = [sys.executable, "-c", SAVE_FOR_EVER, str(tmp_path)]
    for pause in (0.0, 0.02, 0.05):
        process = subprocess.Popen(command, cwd=django_settings.BASE_DIR)
        while len(files_below(tmp_path)) < 3 and process.poll() is None:
            time.sleep(0.01)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
        names = [str(path.relative_to(tmp_path)) for path in files_below(tmp_path)]
        assert all(storage.is_intact(name) for name in names if name.endswith(".bin"))


def test_files_are_stored_where_there_is_one_and_each_has_its_size() -> None:
    project_id = uuid4()
    one, other = (storage.save(project_id, data, "bin") for data in (b"one", b"other"))
    assert storage.are_stored([(one, 3), (other, 5)])
    assert not storage.are_stored([(one, 3), (other, 4)])
    assert not storage.are_stored([(one, 3), (f"{storage.folder(project_id)}/none.bin", 1)])
    assert not storage.are_stored([])
