"""Emptied functions make tests hang: the tool ends them, and what they have started."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from tools.mutate.warm import run_forked

STARTS_A_CHILD = "sleep 60 & echo $! > child"


def status_of(script: str, directory: Path, seconds: float) -> int | None:
    return run_forked(lambda: subprocess.run(["/bin/sh", "-c", script], cwd=directory).returncode, seconds)


def child_is_gone(directory: Path) -> bool:
    until = time.monotonic() + 10
    with suppress(psutil.NoSuchProcess):
        child = psutil.Process(int((directory / "child").read_text()))
        while child.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
    return True


def test_what_ends_in_time_is_judged_by_its_status(tmp_path: Path) -> None:
    assert status_of("true", tmp_path, 30) == 0
    assert status_of("exit 3", tmp_path, 30) == 3


def test_what_hangs_is_ended_with_all_that_it_has_started(tmp_path: Path) -> None:
    assert status_of(f"{STARTS_A_CHILD}; wait", tmp_path, 2) is None
    assert child_is_gone(tmp_path)


def test_what_a_run_leaves_behind_is_ended(tmp_path: Path) -> None:
    assert status_of(STARTS_A_CHILD, tmp_path, 30) == 0
    assert child_is_gone(tmp_path)
