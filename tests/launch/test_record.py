"""One run per DATA_DIR, and files that tell where it is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from emojiforge.environment import running
from emojiforge.launch.console import Refusal
from emojiforge.launch.run_file import Record, write_privately


def test_a_second_run_on_the_same_data_is_refused_with_the_process_that_runs(tmp_path: Path) -> None:
    first = Record(tmp_path)
    first.claim()
    with pytest.raises(Refusal, match=rf"already runs on .* \(process {os.getpid()}\)"):
        Record(tmp_path).claim()
    os.close(first.lock)


def test_runs_on_other_data_do_not_meet(tmp_path: Path) -> None:
    records = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        records.append(Record(tmp_path / name))
        records[-1].claim()
    for record in records:
        os.close(record.lock)


def test_while_a_killed_run_is_swept_up_the_next_waits_and_then_gives_up(tmp_path: Path) -> None:
    first = Record(tmp_path)
    first.claim()
    first.pid.write_text("999999999")
    with pytest.raises(Refusal, match=r"already runs on [^(]*Stop it"):
        Record(tmp_path).claim(patience=0.1)
    os.close(first.lock)
    second = Record(tmp_path)
    second.claim(patience=0.1)
    os.close(second.lock)


def test_addresses_of_a_run_that_was_killed_are_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"REDIS_URL": "redis://gone"}')
    record = Record(tmp_path)
    record.claim()
    assert running(tmp_path) == {}
    assert int(record.pid.read_text()) == os.getpid()
    os.close(record.lock)


def test_published_addresses_are_what_the_settings_find_and_private(tmp_path: Path) -> None:
    record = Record(tmp_path)
    record.publish({"REDIS_URL": "redis://:secret@127.0.0.1:1/0"})
    assert running(tmp_path) == {"REDIS_URL": "redis://:secret@127.0.0.1:1/0"}
    assert json.loads(record.addresses.read_text())
    assert record.addresses.stat().st_mode & 0o777 == 0o600


def test_a_private_file_replaces_a_public_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    (tmp_path / "file.part").write_text("left by a run that was killed")
    write_privately(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [path]
