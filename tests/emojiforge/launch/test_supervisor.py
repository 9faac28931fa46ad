"""The supervisor with real children: restart with a pause that grows, the logs, the end."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from emojiforge.launch.supervisor import FIRST_PAUSE_S, Supervisor
from tests.emojiforge.launch.conftest import Write
from tests.small_disk import filled, small_disk

PATIENCE_S = 20.0
SLEEPER = "import time\nprint('awake', flush=True)\ntime.sleep(600)\n"
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('stubborn', flush=True)
time.sleep(600)
"""


@pytest.fixture
def reported() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, reported: list[str]) -> Iterator[Supervisor]:
    ours = Supervisor(os.environ, tmp_path / "logs", reported.append)
    yield ours
    if not ours.stopping:
        ours.stop(grace=0.2)


def run_until(supervisor: Supervisor, holds: Callable[[], object]) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < give_up, "it never came true"
        supervisor.run_once(0.05)


def log(tmp_path: Path, name: str) -> str:
    return (tmp_path / f"logs/{name}.log").read_text()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_that_is_killed_starts_again_and_the_terminal_says_so(
    supervisor: Supervisor, program: Write, reported: list[str], tmp_path: Path
) -> None:
    supervisor.start(program("sleeper", SLEEPER))
    run_until(supervisor, lambda: "awake" in log(tmp_path, "sleeper"))
    first = supervisor.pid("sleeper")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    run_until(supervisor, lambda: log(tmp_path, "sleeper").count("awake") == 2)
    assert supervisor.pid("sleeper") not in (None, first)
    assert supervisor.deaths("sleeper") == 1
    assert reported[0].startswith("sleeper: was ended by SIGKILL; it starts again in 0.5 s")


def test_the_pause_doubles_while_a_child_keeps_dying_and_its_last_lines_are_reported(
    supervisor: Supervisor, program: Write, reported: list[str]
) -> None:
    supervisor.start(program("broken", "raise SystemExit('no database')"))
    started = time.monotonic()
    run_until(supervisor, lambda: supervisor.deaths("broken") == 3)
    assert time.monotonic() - started >= FIRST_PAUSE_S + 2 * FIRST_PAUSE_S
    pauses = [line.split("again in ")[1].split(" ")[0] for line in reported if "again in" in line]
    assert pauses == ["0.5", "1", "2"]
    assert "broken:   no database" in reported


def test_a_child_has_its_own_group_but_our_session(supervisor: Supervisor, program: Write) -> None:
    """Ctrl-C does not reach it; its niceness counts against its siblings, which it does not between sessions."""
    supervisor.start(program("sleeper", SLEEPER))
    child = supervisor.pid("sleeper")
    assert child is not None
    assert os.getpgid(child) == child
    assert os.getsid(child) == os.getsid(0)


def test_a_child_between_two_lives_has_no_process(supervisor: Supervisor, program: Write) -> None:
    supervisor.start(program("broken", "raise SystemExit(1)"))
    run_until(supervisor, lambda: supervisor.deaths("broken") == 1)
    assert supervisor.pid("broken") is None


def test_important_lines_reach_the_terminal_and_all_lines_the_log(
    supervisor: Supervisor, program: Write, reported: list[str], tmp_path: Path
) -> None:
    source = "print('12:00 INFO web: fine')\nprint('12:00 ERROR web: broken pipe', flush=True)\n" + SLEEPER
    supervisor.start(program("web", source))
    run_until(supervisor, lambda: "awake" in log(tmp_path, "web"))
    assert reported == ["web: 12:00 ERROR web: broken pipe"]
    assert "INFO web: fine\n" in log(tmp_path, "web")


def test_a_last_line_without_an_end_is_not_lost(supervisor: Supervisor, program: Write, tmp_path: Path) -> None:
    supervisor.start(program("short", "import sys; sys.stdout.write('half a line')"))
    run_until(supervisor, lambda: supervisor.deaths("short") == 1)
    run_until(supervisor, lambda: "half a line\n" in log(tmp_path, "short"))


def test_stop_ends_the_polite_and_kills_the_stubborn(supervisor: Supervisor, program: Write, tmp_path: Path) -> None:
    supervisor.start(program("polite", SLEEPER))
    supervisor.start(program("stubborn", STUBBORN))
    run_until(supervisor, lambda: "awake" in log(tmp_path, "polite") and "stubborn" in log(tmp_path, "stubborn"))
    pids = [supervisor.pid("polite"), supervisor.pid("stubborn")]
    supervisor.stop(grace=0.3)
    assert not any(alive(pid) for pid in pids if pid is not None)
    assert supervisor.pid("polite") is None


def test_what_the_others_need_ends_after_them(supervisor: Supervisor, program: Write, tmp_path: Path) -> None:
    order = tmp_path / "order"
    source = """
import signal, sys, time
def end(*_):
    time.sleep(float(sys.argv[2]))
    with open(sys.argv[1], 'a') as file: file.write(sys.argv[3] + ' ')
    raise SystemExit
signal.signal(signal.SIGTERM, end)
print('awake', flush=True)
time.sleep(600)
"""
    supervisor.start(program("redis", source, str(order), "0", "redis", last=True))
    supervisor.start(program("web", source, str(order), "0.2", "web"))
    run_until(supervisor, lambda: all("awake" in log(tmp_path, name) for name in ("redis", "web")))
    supervisor.stop()
    assert order.read_text() == "web redis "


def test_a_child_that_cannot_be_started_is_tried_again_until_it_can(
    supervisor: Supervisor, program: Write, reported: list[str], tmp_path: Path
) -> None:
    late = tmp_path / "late"
    supervisor.start(replace(program("late", SLEEPER), command=[str(late)]))
    assert "cannot start" in reported[0]
    late.write_text(f"#!{sys.executable}\n{SLEEPER}")
    late.chmod(0o700)
    run_until(supervisor, lambda: "awake" in log(tmp_path, "late"))


def test_the_loop_goes_on_when_no_log_can_be_written(
    supervisor: Supervisor, program: Write, reported: list[str], tmp_path: Path
) -> None:
    with small_disk(tmp_path / "logs", 64 * 1024) as folder:
        supervisor.start(program("sleeper", SLEEPER))
        run_until(supervisor, lambda: "awake" in log(tmp_path, "sleeper"))
        speaker = program("speaker", f"print('x' * 100_000, flush=True)\n{SLEEPER}")
        with filled(folder):
            supervisor.start(speaker)
            run_until(supervisor, lambda: any("its log cannot be written" in line for line in reported))
            os.kill(supervisor.pid("sleeper") or 0, signal.SIGKILL)
            run_until(supervisor, lambda: supervisor.deaths("sleeper"))
            run_until(supervisor, lambda: supervisor.pid("sleeper"))
        supervisor.stop(grace=0.2)
