"""One run per DATA_DIR: the lock, and the files that tell others where the run is.

`run.json` holds the addresses that were chosen for this run (for `emojiforge.environment.read_run_addresses`),
`run.pid` the process that SIGTERM ends. Both go away with the run, even when it is killed: the reaper removes them.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from emojiforge.launch.console import StartupError

PATIENCE: Final = 10.0
"""Seconds that the reaper of a run that was killed may take to end what it left behind."""


class RunFile:
    """The lock and the files of the run in `data_dir`."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.addresses = data_dir / "run.json"
        self.pid = data_dir / "run.pid"
        self._lock: int | None = None

    @property
    def lock(self) -> int:
        """Return the file descriptor that holds the lock, as long as any process has it open."""
        assert self._lock is not None
        return self._lock

    def claim(self, patience: float = PATIENCE) -> None:
        """Take the lock and clear what a killed run left. Raises `StartupError` while another run lives."""
        self._lock = os.open(self.data_dir / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
        give_up = time.monotonic() + patience
        while not _locked(self._lock):
            owner = self._owner()
            if owner or time.monotonic() > give_up:
                os.close(self._lock)
                raise StartupError(
                    f"EmojiForge already runs on {self.data_dir}{f' (process {owner})' if owner else ''}. "
                    "Stop it first, or choose another place: DATA_DIR=./var2 PORT=8001 make run"
                )
            time.sleep(0.05)
        self.addresses.unlink(missing_ok=True)
        write_privately(self.pid, f"{os.getpid()}\n")

    def publish(self, addresses: Mapping[str, str]) -> None:
        """Let `manage.py` find the servers of this run. For the owner only: a password is in it."""
        write_privately(self.addresses, json.dumps(dict(addresses)))

    def _owner(self) -> int | None:
        """Return the living process that `run.pid` names."""
        try:
            pid = int(self.pid.read_text())
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_privately(path: Path, text: str) -> None:
    """Replace the file in one step; nobody but its owner can read it (mode 0600)."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)
