"""A pool of processes forked from one that has imported everything, so that they share its memory."""

from __future__ import annotations

import gc
import logging
import os
import signal
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from emojiforge.launch.parent_death import end_with_parent

log = logging.getLogger(__name__)

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
RESTART_DELAY_S: Final = 1.0
"""Before a process that ended by itself is replaced."""


Work = Callable[[], object]


class WorkerPool:
    """Run each of `works` in a process until SIGTERM, which ends it after its work has returned."""

    def __init__(self, works: Iterable[Work]) -> None:
        self._waiting = list(works)
        self._running: dict[int, Work] = {}
        self._stopping = False

    def run(self) -> None:
        """Replace processes that end until SIGTERM or SIGINT, and return when all have ended."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        gc.freeze()  # garbage collection in a child would copy the pages that they share
        while self._running or not self._stopping:
            while self._waiting and not self._stopping:
                self._start(self._waiting.pop())
            pid, status = os.wait()
            if pid in self._running:
                self._waiting.append(self._running.pop(pid))
            if not self._stopping:
                log.warning("worker %d ended with %d and is replaced", pid, os.waitstatus_to_exitcode(status))
                time.sleep(RESTART_DELAY_S)

    def _stop(self, number: int, _frame: Any) -> None:
        self._stopping = True
        if number == signal.SIGTERM:  # a terminal sends SIGINT to all of them
            for pid in self._running:
                os.kill(pid, number)

    def _start(self, work: Work) -> None:
        signal.pthread_sigmask(
            signal.SIG_BLOCK, STOP_SIGNALS
        )  # between the two lines a signal would miss the new process
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._run_child(parent, work)
        self._running[pid] = work
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _run_child(self, parent: int, work: Work) -> None:
        status = 1
        try:
            for number in STOP_SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
            end_with_parent(signal.SIGTERM)
            if os.getppid() == parent:
                work()
            status = 0
        except Exception:
            log.exception("a worker failed")
        finally:
            logging.shutdown()
            os._exit(status)
