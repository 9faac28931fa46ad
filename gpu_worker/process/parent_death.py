"""End this process with the process that started it, however that one ended.

On RunPod the container does this. The local endpoint asks for it through the environment: after a `kill -9` it can
tell nobody. The launcher has a copy of its own, since the worker's image holds nothing else of the product.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from typing import Final

PARENT_VARIABLE: Final = "WORKER_PARENT_PID"
"""Environment variable: the process to end with. A tie is asked for by setting it."""
_PR_SET_PDEATHSIG: Final = 1
_POLL_S: Final = 1.0


def end_with_parent_if_asked() -> None:
    """End this process, and every process it forks, with the one named in `WORKER_PARENT_PID`."""
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is None:
        return
    own = os.getpid()
    # The SDK forks a process that pings; the kernel's setting is not inherited, so each child makes it anew.
    os.register_at_fork(after_in_child=lambda: end_with_parent(own))
    end_with_parent(int(parent))


def end_with_parent(parent: int) -> None:
    """End this process as soon as `parent` is not its parent any more."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it died before the setting was made
        os.kill(os.getpid(), signal.SIGKILL)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_S)
    os.kill(os.getpid(), signal.SIGKILL)
