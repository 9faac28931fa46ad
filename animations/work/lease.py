"""The lease of a job: one run holds it at a time, and a run that has lost it writes nothing more."""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import Error, connection

from animations.models import Job
from animations.models.job import LeaseLost
from animations.models.transitions import ProjectGone, revise

log = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 6
"""Runs of one job until the reconciler gives it up: a job that kills its worker must end."""
RENEW_SECONDS: Final = 5.0
CHECK_SECONDS: Final = 0.5
"""Between two checks whether the job is still wanted: a cancelled one should not wait for its GPU call or encoder."""


class Lease:
    """The right to write for one job. `lost` is set once somebody else has it, or nobody may."""

    def __init__(self, job: Job, token: UUID) -> None:
        self.job = job
        self.token = token
        self.lost = threading.Event()
        self.damaged: set[UUID] = set()
        """Projects in which a damaged file was found, to be repaired once this job keeps none of them busy."""
        self._progress: tuple[int, int] | None = None
        """What is done, of how much, and not written down yet."""
        self._over = threading.Event()
        self._interruptible: int | None = None
        self._interrupting = threading.Lock()
        self._renewer = threading.Thread(target=self._renew, name=f"lease {job.pk}", daemon=True)

    @contextmanager
    def revise(self, project_id: UUID | None = None) -> Iterator[int]:
        """Revise the job's project, or another, as `transitions.revise` does, but only under the lease.

        Raises `LeaseLost`.
        """
        with revise(project_id or self.job.project_id) as revision:
            self.job.require_lease(self.token)
            yield revision

    def check(self) -> None:
        """Raise `LeaseLost` as soon as it is known; costs nothing."""
        if self.lost.is_set():
            raise LeaseLost(str(self.job.pk))

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Raise `LeaseLost` in the block as soon as it is known, wherever this thread is: for pure, long work.

        As RQ's `TimerDeathPenalty` ends a job. A call into C ends first; nothing may be written in the block.
        """
        self._interruptible = threading.get_ident()
        try:
            self.check()
            yield
        finally:
            with self._interrupting:
                self._interruptible = None

    def show_progress(self, done: int, total: int) -> None:
        """Have how much is done written down within half a second, by the thread that renews the lease."""
        self._progress = (done, total)

    def _write_progress(self) -> None:
        progress, self._progress = self._progress, None
        if progress is not None:
            with self.revise() as revision:
                self.job.progress(revision, *progress)

    def _lose(self) -> None:
        self.lost.set()
        with self._interrupting:
            if self._interruptible is not None:
                thread, error = ctypes.c_ulong(self._interruptible), ctypes.py_object(LeaseLost)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, error)

    @contextmanager
    def renewing(self) -> Iterator[Lease]:
        """Renew the lease in a thread of its own until the block ends."""
        self._renewer.start()
        try:
            yield self
        finally:
            self._over.set()
            self._renewer.join(timeout=RENEW_SECONDS)

    def _renew(self) -> None:
        try:
            waited = 0.0
            while not self._over.wait(CHECK_SECONDS):
                waited += CHECK_SECONDS
                is_due = waited >= RENEW_SECONDS
                if self._keep(renew=is_due) and is_due:
                    waited = 0.0
        except (LeaseLost, ProjectGone):
            self._lose()
        finally:
            connection.close()

    def _keep(self, *, renew: bool) -> bool:
        """Check the lease or renew it, and write down what is done; False if the database did not answer.

        Raises `LeaseLost` and `ProjectGone`.
        """
        try:
            if renew:
                self.job.renew(self.token)
            elif not Job.objects.filter(pk=self.job.pk, lease_token=self.token, status=Job.Status.RUNNING).exists():
                raise LeaseLost(str(self.job.pk))
            self._write_progress()
        except Error as error:
            # Not knowing is not losing: the lease itself runs out if the database stays away. A connection that the
            # server has closed would fail for ever.
            log.warning("the lease of job %s could not be checked: %s", self.job.pk, type(error).__name__)
            connection.close()
            return False
        return True


def claim(job_id: str) -> Lease:
    """Take a queued job, or a running one whose run has died. Raises `LeaseLost` when it cannot be claimed."""
    job = Job.objects.select_related("project", "project__source", "frame").filter(pk=job_id).first()
    if job is None:
        raise LeaseLost(job_id)
    with revise(job.project_id) as revision:
        token = job.claim(revision)
    return Lease(job, token)
