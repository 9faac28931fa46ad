"""Look at processes that may end at any moment, and kill them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import psutil


def command_line(process: psutil.Process) -> str:
    """Return the command of a process; an empty one once it has ended."""
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def children_of(process: psutil.Process) -> list[psutil.Process]:
    """Return the children of a process; none once it has ended."""
    with suppress(psutil.Error):
        return list(process.children())
    return []


def has_exited(process: psutil.Process) -> bool:
    """Tell whether a process has ended, even where its new parent has not reaped it yet."""
    with suppress(psutil.NoSuchProcess):
        return not process.is_running() or bool(process.status() == psutil.STATUS_ZOMBIE)
    return True


def kill_all(processes: Iterable[psutil.Process]) -> None:
    """Kill processes. One may have ended by itself since it was found."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
