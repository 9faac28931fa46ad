"""End what a run left behind, however the run ended.

A process of its own, which waits until the run's parent is gone: a pipe of which the parent holds the other end is
closed by the kernel, after `kill -9` too. Then every process that carries the run's mark in its environment is ended.
Processes inherit the mark, so work-horses whose own parent was killed and workers behind the GPU endpoint are found
as well. It is read in /proc; on a system without it (macOS) only an orderly stop ends everything.

Standard library only, and started as a file: it must cost next to nothing.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

MARK: Final = "EMOJIFORGE_RUN"
"""Environment variable that every process of a run carries."""
GRACE_S: Final = 2.0
"""Between SIGTERM and SIGKILL."""


def find_marked(mark: str, proc: Path = Path("/proc")) -> list[int]:
    """Find the living processes that carry `mark`."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for directory in proc.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or somebody else's
            if wanted in (directory / "environ").read_bytes().split(b"\0"):
                found.append(int(directory.name))
    return found


def sweep(mark: str, grace: float = GRACE_S) -> None:
    """End every process that carries `mark`: SIGTERM, and SIGKILL to those that are still there after `grace`."""
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, grace)):
        for pid in find_marked(mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        give_up = time.monotonic() + patience
        while find_marked(mark) and time.monotonic() < give_up:
            time.sleep(0.05)


def main(argv: list[str]) -> int:
    """Run `reaper.py PIPE MARK FILE…`: wait for the end of PIPE, sweep MARK, remove the FILEs."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    pipe, mark, files = int(argv[1]), argv[2], argv[3:]
    while os.read(pipe, 1):
        pass
    sweep(mark)
    for name in files:
        Path(name).unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
