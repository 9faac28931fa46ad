"""Emptied functions make tests hang: the tool ends them, and what they have started."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import psutil

from tools.mutate.trial import ends_well

STARTS_A_CHILD = "sleep 60 & echo $! > child"


def runs(script: str, directory: Path, seconds: float) -> bool:
    return ends_well(["/bin/sh", "-c", script], directory, os.environ, seconds)


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
    assert runs("true", tmp_path, 30)
    assert not runs("exit 3", tmp_path, 30)


def test_what_hangs_is_ended_with_all_that_it_has_started(tmp_path: Path) -> None:
    assert not runs(f"{STARTS_A_CHILD}; wait", tmp_path, 2)
    assert child_is_gone(tmp_path)


def test_what_a_run_leaves_behind_is_ended(tmp_path: Path) -> None:
    assert runs(STARTS_A_CHILD, tmp_path, 30)
    assert child_is_gone(tmp_path)
