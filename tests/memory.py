"""What a process has held of memory."""

from __future__ import annotations

import re
from pathlib import Path


def peak_bytes(pid: int) -> int:
    """Return VmHWM (proc(5)): the most that the process has held so far. Raises `OSError` where it is gone."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    if found is None:  # it has ended, and waits for its parent
        raise ProcessLookupError(pid)
    return int(found[1]) * 1024
