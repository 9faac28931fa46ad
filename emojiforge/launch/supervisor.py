"""Start the children of a run, keep them alive, end them.

One thread, one loop: `run_once` waits for whatever comes first (a child's words, a child's death, a signal, a pause
that is over) and deals with it. A child that dies starts again after a pause, which doubles while it keeps dying.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from emojiforge.launch.console import say
from emojiforge.launch.logs import LogFile, OutputPipe
from emojiforge.launch.parent_death import end_with_parent

FIRST_PAUSE_S: Final = 0.5
MAX_PAUSE_S: Final = 30.0
STEADY_S: Final = 30.0
"""A child that lived this long was sound: its next death starts with the first pause again."""
GRACE_S: Final = 6.0
"""Between SIGTERM and SIGKILL."""


@dataclass(frozen=True)
class Program:
    """The command of a child.

    `last`: it ends after the others, because they need it to end well. `shows_warnings`: its warnings are for the
    terminal.
    """

    name: str
    command: Sequence[str]
    last: bool = False
    shows_warnings: bool = True


@dataclass
class Child:
    """A program and its present process."""

    program: Program
    log_file: LogFile
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE_S
    due: float | None = None
    deaths: int = 0
    output: OutputPipe | None = None


class Supervisor:
    """The children of a run, with `environment` for all of them and a log file for each in `logs`."""

    def __init__(self, environment: Mapping[str, str], logs: Path, report: Callable[[str], None] = say) -> None:
        self.stopping = False
        self._environment = dict(environment)
        self._logs = logs
        self._report = report
        self._children: dict[str, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._wakeup: socket.socket | None = None

    def listen_to_signals(self) -> None:
        """Stop on SIGTERM, SIGINT and SIGHUP; a child's death wakes the loop. From the main thread only."""
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setblocking(False)
        signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        self._wakeup = theirs
        self._selector.register(ours, selectors.EVENT_READ)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def start(self, program: Program) -> None:
        report = self._report if program.shows_warnings else lambda _line: None
        child = Child(program, LogFile(self._logs, program.name, report))
        self._children[program.name] = child
        self._try_to_spawn(child)

    def deaths(self, name: str) -> int:
        """Count how often the child has ended by itself."""
        return self._children[name].deaths

    def pid(self, name: str) -> int | None:
        """Return the child's process; None while it waits to start again."""
        process = self._children[name].process
        return process.pid if process else None

    def run_once(self, timeout: float = 1.0) -> None:
        """Wait up to `timeout` seconds for something to happen, and deal with it."""
        pauses = [child.due - time.monotonic() for child in self._children.values() if child.due is not None]
        for key, _ in self._selector.select(max(0.0, min([timeout, *pauses]))):
            if isinstance(key.data, OutputPipe):
                self._read_output(key.data)
            else:
                with contextlib.suppress(BlockingIOError):
                    os.read(key.fd, 4096)
        for child in self._children.values():
            self._check(child)

    def stop(self, grace: float = GRACE_S) -> None:
        """End every child: SIGTERM, and SIGKILL to those that are still there after `grace` seconds."""
        self.stopping = True
        children = list(self._children.values())
        self._end([child for child in children if not child.program.last], grace)
        self._end([child for child in children if child.program.last], grace)
        for child in children:
            child.log_file.close()
        if self._wakeup:
            signal.set_wakeup_fd(-1)
        self._selector.close()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _try_to_spawn(self, child: Child) -> None:
        """Start the child's process; where the machine has no room for one now, try again after a pause."""
        try:
            self._spawn(child)
        except (OSError, subprocess.SubprocessError) as error:
            self._schedule_start(child, f"cannot start ({error})")

    def _spawn(self, child: Child) -> None:
        # A group of its own: Ctrl-C at the terminal reaches the parent alone, which ends things in order. No session
        # of its own: Linux shares a core between sessions first, and the workers' niceness would mean nothing. The
        # signal is for children that wipe their environment, as Redis does, where the reaper looks for its mark.
        child.process = subprocess.Popen(  # noqa: S603  (the commands are ours; this process has one thread)
            child.program.command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=end_with_parent,
        )
        child.started, child.due = time.monotonic(), None
        output = child.process.stdout
        assert output is not None
        child.output = OutputPipe(output, child.log_file)
        self._selector.register(output, selectors.EVENT_READ, child.output)

    def _read_output(self, output: OutputPipe) -> None:
        key = self._selector.get_key(output.pipe)
        if not output.read():
            self._selector.unregister(key.fd)

    def _check(self, child: Child) -> None:
        if child.process is not None and (code := child.process.poll()) is not None:
            self._drain_output(child)
            child.process = None
            if not self.stopping:
                self._schedule_restart(child, code)
        if child.due is not None and time.monotonic() >= child.due and not self.stopping:
            self._try_to_spawn(child)

    def _schedule_restart(self, child: Child, code: int) -> None:
        if time.monotonic() - child.started > STEADY_S:
            child.pause = FIRST_PAUSE_S
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self._schedule_start(child, how)
        for line in child.log_file.last_lines() if code > 0 else []:
            self._report(f"{child.program.name}:   {line}")

    def _schedule_start(self, child: Child, why: str) -> None:
        child.deaths += 1
        child.due = time.monotonic() + child.pause
        self._report(
            f"{child.program.name}: {why}; it starts again in {child.pause:g} s (log: {child.log_file.path})"
        )
        child.pause = min(2 * child.pause, MAX_PAUSE_S)

    def _drain_output(self, child: Child) -> None:
        # What it said just before its death. Its own children may have the pipe still and go on speaking.
        if child.output is not None and not child.output.pipe.closed:
            self._read_output(child.output)

    def _end(self, children: list[Child], grace: float) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            for child in children:
                if child.process is not None:
                    child.process.send_signal(number)
            give_up = time.monotonic() + grace
            while any(child.process is not None for child in children) and time.monotonic() < give_up:
                self.run_once(0.1)
