"""Processes that are forked from one that has loaded everything, so that they share its memory, and kept alive."""

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
"""Before one that has ended by itself is replaced."""


class WorkerPool:
    """`count` processes that do `work` until SIGTERM, which ends each once its `work` has returned."""

    def __init__(self, count: int, work: Callable[[], object]) -> None:
        self._count = count
        self._work = work
        self._pids: set[int] = set()
        self._stopping = False

    def run(self) -> None:
        """Keep the processes alive until SIGTERM or SIGINT, and return when they have ended."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        gc.freeze()  # a collection in one of them would copy the pages that they share
        while self._pids or not self._stopping:
            while len(self._pids) < self._count and not self._stopping:
                self._start()
            pid, status = os.wait()
            self._pids.discard(pid)
            if not self._stopping:
                log.warning(
                    "worker %d ended with %d; another takes its place", pid, os.waitstatus_to_exitcode(status)
                )
                time.sleep(RESTART_DELAY_S)

    def _stop(self, number: int, _frame: Any) -> None:
        self._stopping = True
        if number == signal.SIGTERM:  # a terminal sends SIGINT to all of them itself
            for pid in self._pids:
                os.kill(pid, number)

    def _start(self) -> None:
        signal.pthread_sigmask(
            signal.SIG_BLOCK, STOP_SIGNALS
        )  # a signal between the two lines would miss the new one
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
