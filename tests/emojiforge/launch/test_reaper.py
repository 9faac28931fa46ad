"""However a run ends, nothing of it is left behind."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from emojiforge.launch.reaper import MARK, find_marked, main, sweep
from emojiforge.launch.run_file import RunFile
from tests.polling import until

ROOT = Path(__file__).parents[3]
SLEEPER = "import time\ntime.sleep(600)\n"
# As an RQ worker does it: a work-horse in a group of its own that outlives its parent.
WITH_HORSE = """
import os, time
if os.fork() == 0:
    os.setpgrp()
time.sleep(600)
"""
DEAF = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\n" + SLEEPER


@dataclass
class Run:
    process: subprocess.Popen[bytes]
    mark: str
    data_dir: Path


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Start a parent with a child, another child with a work-horse, and a reaper."""
    mark, data_dir = secrets.token_hex(8), tmp_path / "data"
    data_dir.mkdir()
    scripts = {"sleeper": SLEEPER, "worker": WITH_HORSE}
    for name, source in scripts.items():
        (tmp_path / f"{name}.py").write_text(source)
    command = [sys.executable, "-m", "tests.emojiforge.launch.launched_parent", str(data_dir), mark]
    environment = {**os.environ, "DATA_DIR": str(data_dir)}
    process = subprocess.Popen(
        [*command, *(str(tmp_path / f"{name}.py") for name in scripts)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        until(lambda: len(find_marked(mark)) == 3 and (data_dir / "run.json").exists())
        yield Run(process, mark, data_dir)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        sweep(mark, grace=0.2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_parent_ends_every_child_and_its_children(run: Run, number: signal.Signals) -> None:
    run.process.send_signal(number)
    assert run.process.wait(20) == 0
    assert find_marked(run.mark) == []
    assert not (run.data_dir / "run.json").exists()
    assert not (run.data_dir / "run.pid").exists()


def test_nothing_is_left_when_the_parent_is_killed(run: Run) -> None:
    run.process.kill()
    run.process.wait()
    until(lambda: find_marked(run.mark) == [])
    until(lambda: not (run.data_dir / "run.json").exists())
    again = RunFile(run.data_dir)
    again.claim()
    os.close(again.lock)


def test_a_child_that_wiped_its_environment_ends_with_the_parent_too(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    source = f"""
import subprocess, sys, time
from pathlib import Path
from emojiforge.launch.supervisor import Program, Supervisor
supervisor = Supervisor({{}}, Path({str(tmp_path)!r}))
supervisor.start(Program("redis", (sys.executable, "-I", "-c", "import time; time.sleep(600)")))
Path({str(pid)!r}).write_text(str(supervisor.pid("redis")))
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", source], cwd=ROOT)
    until(lambda: pid.exists() and pid.read_text())
    parent.kill()
    parent.wait()
    until(lambda: not command_line(int(pid.read_text())))


def test_a_work_horse_outlives_its_parent_but_not_the_run(run: Run) -> None:
    worker = next(pid for pid in find_marked(run.mark) if b"worker.py" in command_line(pid) and is_group_leader(pid))
    before = set(find_marked(run.mark))
    os.kill(worker, signal.SIGKILL)
    until(lambda: len(find_marked(run.mark)) == 4)  # sleeper, the old horse, the new worker and its horse
    assert before - {worker} <= set(find_marked(run.mark))
    run.process.terminate()
    assert run.process.wait(20) == 0
    assert find_marked(run.mark) == []


def command_line(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def is_group_leader(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        return os.getpgid(pid) == pid
    return False


def marked_sleeper(mark: str, source: str = SLEEPER) -> subprocess.Popen[bytes]:
    environment = {**os.environ, MARK: mark}
    process = subprocess.Popen([sys.executable, "-I", "-c", source], env=environment, stdout=subprocess.PIPE)
    until(lambda: find_marked(mark) == [process.pid])
    return process


def test_a_sweep_ends_what_carries_the_mark_and_nothing_else() -> None:
    mine, other = marked_sleeper("sweep-mine"), marked_sleeper("sweep-other")
    sweep("sweep-mine", grace=2)
    assert mine.wait(5) == -signal.SIGTERM
    assert find_marked("sweep-other") == [other.pid]
    other.kill()
    other.communicate()
    mine.communicate()


def test_a_sweep_kills_what_ignores_sigterm() -> None:
    with marked_sleeper("sweep-deaf", DEAF) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"deaf\n"
        sweep("sweep-deaf", grace=0.2)
        assert process.wait(5) == -signal.SIGKILL


def test_the_reaper_waits_for_the_end_of_its_pipe_then_sweeps_and_removes_the_files(tmp_path: Path) -> None:
    process = marked_sleeper("kept")
    file = tmp_path / "run.json"
    file.touch()
    theirs, ours = os.pipe()
    os.close(ours)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        assert main(["reaper.py", str(theirs), "kept", str(file), str(tmp_path / "never-there")]) == 0
    finally:
        os.close(theirs)
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert process.wait(5) == -signal.SIGTERM
    process.communicate()
    assert not file.exists()
