"""One run per DATA_DIR, and files that tell where it is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from emojiforge.environment import read_run_addresses
from emojiforge.launch.console import StartupError
from emojiforge.launch.run_file import RunFile, write_privately


def test_a_second_run_on_the_same_data_is_refused_with_the_process_that_runs(tmp_path: Path) -> None:
    first = RunFile(tmp_path)
    first.claim()
    with pytest.raises(StartupError, match=rf"already runs on .* \(process {os.getpid()}\)"):
        RunFile(tmp_path).claim()
    os.close(first.lock)


def test_runs_on_other_data_do_not_meet(tmp_path: Path) -> None:
    records = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        records.append(RunFile(tmp_path / name))
        records[-1].claim()
    for run_file in records:
        os.close(run_file.lock)


def test_while_a_killed_run_is_swept_up_the_next_waits_and_then_gives_up(tmp_path: Path) -> None:
    first = RunFile(tmp_path)
    first.claim()
    first.pid.write_text("999999999")
    with pytest.raises(StartupError, match=r"already runs on [^(]*Stop it"):
        RunFile(tmp_path).claim(patience=0.1)
    os.close(first.lock)
    second = RunFile(tmp_path)
    second.claim(patience=0.1)
    os.close(second.lock)


def test_addresses_of_a_run_that_was_killed_are_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"REDIS_URL": "redis://gone"}')
    run_file = RunFile(tmp_path)
    run_file.claim()
    assert read_run_addresses(tmp_path) == {}
    assert int(run_file.pid.read_text()) == os.getpid()
    os.close(run_file.lock)


def test_published_addresses_are_what_the_settings_find_and_private(tmp_path: Path) -> None:
    run_file = RunFile(tmp_path)
    run_file.publish({"REDIS_URL": "redis://:secret@127.0.0.1:1/0"})
    assert read_run_addresses(tmp_path) == {"REDIS_URL": "redis://:secret@127.0.0.1:1/0"}
    assert json.loads(run_file.addresses.read_text())
    assert run_file.addresses.stat().st_mode & 0o777 == 0o600


def test_a_private_file_replaces_a_public_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    (tmp_path / "file.part").write_text("left by a run that was killed")
    write_privately(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [path]
