"""A pool of processes forked from one that has imported everything, so that they share its memory."""

from __future__ import annotations

import gc
import logging
import os
import signal
import time
from collections.abc import Callable
from typing import Any, Final

from emojiforge.launch.parent_death import end_with_parent

log = logging.getLogger(__name__)

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
RESTART_DELAY_S: Final = 1.0
"""Before a process that ended by itself is replaced."""


class WorkerPool:
    """Run `work` in `count` processes until SIGTERM, which ends each after its `work` has returned."""

    def __init__(self, count: int, work: Callable[[], object]) -> None:
        self._count = count
        self._work = work
        self._pids: set[int] = set()
        self._stopping = False

    def run(self) -> None:
        """Replace processes that end until SIGTERM or SIGINT, and return when all have ended."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        gc.freeze()  # garbage collection in a child would copy the pages that they share
        while self._pids or not self._stopping:
            while len(self._pids) < self._count and not self._stopping:
                self._start()
            pid, status = os.wait()
            self._pids.discard(pid)
            if not self._stopping:
                log.warning("worker %d ended with %d and is replaced", pid, os.waitstatus_to_exitcode(status))
                time.sleep(RESTART_DELAY_S)

    def _stop(self, number: int, _frame: Any) -> None:
        self._stopping = True
        if number == signal.SIGTERM:  # a terminal sends SIGINT to all of them
            for pid in self._pids:
                os.kill(pid, number)

    def _start(self) -> None:
        signal.pthread_sigmask(
            signal.SIG_BLOCK, STOP_SIGNALS
        )  # between the two lines a signal would miss the new process
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._run_child(parent)
        self._pids.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _run_child(self, parent: int) -> None:
        status = 1
        try:
            for number in STOP_SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
            end_with_parent(signal.SIGTERM)
            if os.getppid() == parent:
                self._work()
            status = 0
        except Exception:
            log.exception("a worker failed")
        finally:
            logging.shutdown()
            os._exit(status)
