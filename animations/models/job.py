"""Jobs: work that was requested, and the lease of the run that does it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from animations import queueing
from animations.models.querysets.jobs import JobQuerySet
from animations.models.transitions import ERROR_LENGTH, LIVE, JobStatus, move
from animations.models.users.guest import Guest
from animations.models.users.lock import lock_person

if TYPE_CHECKING:
    from animations.models.frame import Frame

RUN: Final = "animations.jobs.run"
"""The function that RQ calls with a job's primary key."""


class LeaseLost(Exception):
    """Another run has the job, or it was cancelled: this run must stop without writing."""


class Job(models.Model):
    """Work that was requested. The row is the truth; RQ only carries its primary key.

    queued ──> running ──> succeeded | failed;   queued | running ──> cancelled
    running ──> running (a new run takes over once the lease of the old has run out)
    running ──> queued  (the GPU is away, or another job of the set makes the matte: the lease is given back)

    A run holds a lease: `lease_token` is its own, `lease_until` is renewed while it works. Everything it writes is
    conditional on the token (`require_lease`).

    A queue holds few jobs of one person at once; the others wait in their rows, where `enqueued_at` is null, and each
    that ends lets the next one on. So persons take turns, however many jobs one of them has. Guests have queues of
    their own, behind those of people with an account.
    """

    class Kind(models.TextChoices):
        GENERATE = "generate"
        RETRY = "retry"
        REFINE = "refine"
        EXPORT = "export"
        PREVIEW = "preview"
        PACK = "pack"

    Status = JobStatus
    LIVE: Final = LIVE
    LEASE: Final = timedelta(seconds=15)
    """The time without a sign of life after which another run may take a job."""
    LONGEST_PAUSE: Final = timedelta(minutes=2)
    """Between two tries of a job that waits for the GPU."""
    MATTE_PAUSE: Final = timedelta(seconds=5)
    """Before a job looks again for the matte that another one makes, unless it is let on."""
    MAKING_FILES: Final = (Kind.EXPORT, Kind.PREVIEW, Kind.PACK)
    """The kinds that make files of finished frames, and change nothing."""
    QUEUES: Final = {
        Kind.GENERATE: "bulk",
        Kind.EXPORT: "bulk",
        Kind.PREVIEW: "previews",
        Kind.PACK: "bulk",
        Kind.RETRY: "interactive",
        Kind.REFINE: "interactive",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("animations.Project", on_delete=models.CASCADE, related_name="jobs")
    frame = models.ForeignKey(
        "animations.Frame", null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    """The one frame that it changes; None for the whole project, and once a later generation has replaced it."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    params = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=ERROR_LENGTH, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    """The time at which the GPU was found to be away, until something is done again."""
    not_before = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveBigIntegerField()
    enqueued_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["status", "lease_until"]),
            models.Index(fields=["project", "revision"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(kind="generate", status__in=[*LIVE]),
                name="one_live_generate_per_project",
            ),
            models.UniqueConstraint(
                fields=["frame"],
                condition=Q(status__in=[*LIVE]),
                name="one_live_job_per_frame",
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(kind="preview", status__in=[*LIVE]),
                name="one_live_preview_per_project",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def queue(self) -> str:
        return self.QUEUES[self.Kind(self.kind)]

    @classmethod
    def enqueue(cls, **values: Any) -> Job:
        """Save a job, which gets on its queue after the commit if it is its owner's turn. Inside `revise`."""
        job = cls.objects.create(enqueued_at=None, **values)
        job._dispatch_on_commit()
        return job

    def _dispatch_on_commit(self) -> None:
        dispatch = partial(Job.dispatch, self.project.owner_id, self.queue)
        transaction.on_commit(dispatch, robust=True)  # where it fails, the reconciler does it

    @classmethod
    def dispatch(cls, owner_id: Any, queue: str) -> int:
        """Put a person's next jobs on the queue, as many as may be there at once; return how many.

        Not inside `revise`: the person's row is locked here, so that two at once do not count the same jobs.
        """
        with transaction.atomic():
            if not lock_person(owner_id):
                return 0
            jobs = cls.objects.owned_by(owner_id, queue)
            room = settings.MAX_QUEUED_PER_PERSON - jobs.live().filter(enqueued_at__isnull=False).count()
            chosen = list(jobs.undispatched()[: max(0, room)])
            cls.objects.filter(pk__in=[job.pk for job in chosen]).update(enqueued_at=timezone.now())
        return sum(job.put_on_queue() for job in chosen)

    def put_on_queue(self, *, at_front: bool = False) -> bool:
        """Put the job on its queue, in place of an older message; False when Redis cannot be reached.

        A guest's gets on the queue beside it, from which workers take only while the other is empty.
        """
        is_guests = Guest.objects.filter(user__projects__jobs=self.pk).exists()
        queue = settings.GUEST_QUEUES[self.queue] if is_guests else self.queue
        return queueing.enqueue(queue, RUN, str(self.pk), at_front=at_front)

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE

    def matches(self, kind: Kind, frame: Frame | None, params: dict[str, Any]) -> bool:
        """Return whether this is the job of a request for this kind of work on this frame, with these params."""
        return (self.kind, self.frame_id, self.params) == (kind, frame.pk if frame else None, params)

    def claim(self, revision: int) -> UUID:
        """Take the lease: move from queued to running, or go on where a run's lease has ended. Inside `revise`.

        Returns the new lease token; raises `LeaseLost` when another run is alive or the job is over.
        """
        now, token = timezone.now(), uuid.uuid4()
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        values: dict[str, Any] = {
            "status": self.Status.RUNNING,
            "lease_token": token,
            "lease_until": now + self.LEASE,
            "attempts": self.attempts + 1,
            "started_at": self.started_at or now,
            "not_before": None,
            "enqueued_at": self.enqueued_at or now,
            "revision": revision,
        }
        if Job.objects.filter(free, pk=self.pk, status__in=self.LIVE).update(**values) != 1:
            raise LeaseLost(str(self.pk))
        for name, value in values.items():
            setattr(self, name, value)
        return token

    def renew(self, token: UUID) -> None:
        """Extend the lease; raises `LeaseLost`."""
        mine = Job.objects.filter(pk=self.pk, lease_token=token, status=self.Status.RUNNING)
        if mine.update(lease_until=timezone.now() + self.LEASE) != 1:
            raise LeaseLost(str(self.pk))

    def require_lease(self, token: UUID) -> None:
        """Make sure that the run with `token` may still write; raises `LeaseLost`. Inside `revise`."""
        self.renew(token)

    def has_lost_patience(self, gpu_worked_at: datetime | None = None) -> bool:
        """Return whether it has waited for the GPU, which last worked at a time, for as long as it may."""
        return self._waiting_from(gpu_worked_at) + _gpu_patience() <= timezone.now()

    def _waiting_from(self, gpu_worked_at: datetime | None) -> datetime:
        since = self.waiting_since or gpu_worked_at or timezone.now()
        return max(since, gpu_worked_at or since)

    def wait_for_gpu(self, revision: int, seconds: float, gpu_worked_at: datetime | None = None) -> None:
        """Move from running to queued and give lease and turn back: no run for so many `seconds`. Inside `revise`.

        The wait goes on from its first try, or from when the GPU has last worked if it is known to have done so
        since. This run is none of those that the reconciler counts.
        """
        now = timezone.now()
        since = self._waiting_from(gpu_worked_at)
        until = min(now + min(timedelta(seconds=seconds), self.LONGEST_PAUSE), since + _gpu_patience())
        self._give_back(revision, waiting_since=since, not_before=until)

    def wait_for_matte(self, revision: int) -> None:
        """Move from running to queued and give lease and turn back, while another job makes the matte of the set.

        Inside `revise`.
        """
        self._give_back(revision, not_before=timezone.now() + self.MATTE_PAUSE)

    def _give_back(self, revision: int, **values: Any) -> None:
        move(
            self,
            (self.Status.RUNNING,),
            status=self.Status.QUEUED,
            attempts=self.attempts - 1,
            enqueued_at=None,
            revision=revision,
            lease_token=None,
            lease_until=None,
            **values,
        )
        self._dispatch_on_commit()

    def progress(self, revision: int, done: int, total: int) -> None:
        """Write down how much is done, which never falls; where it rises, no GPU is waited for. Inside `revise`."""
        if done > self.done:
            self.waiting_since = None
        self.done, self.total = max(done, self.done), total
        Job.objects.filter(pk=self.pk).update(
            done=self.done, total=total, waiting_since=self.waiting_since, revision=revision
        )

    def succeed(self, revision: int) -> None:
        """Move from running to succeeded. Inside `revise`."""
        self._end(revision, (self.Status.RUNNING,), self.Status.SUCCEEDED, "")

    def fail(self, revision: int, error: str) -> None:
        """Move from queued or running to failed, saying why in words for its owner. Inside `revise`."""
        self._end(revision, self.LIVE, self.Status.FAILED, error[:ERROR_LENGTH])

    def cancel(self, revision: int) -> None:
        """Move from queued or running to cancelled; a run notices at its next write. Inside `revise`."""
        self._end(revision, self.LIVE, self.Status.CANCELLED, "")

    def _end(self, revision: int, sources: tuple[str, ...], status: str, error: str) -> None:
        move(
            self,
            sources,
            status=status,
            error=error,
            revision=revision,
            lease_token=None,
            lease_until=None,
            waiting_since=None,
            not_before=None,
            finished_at=timezone.now(),
        )
        self._dispatch_on_commit()


def _gpu_patience() -> timedelta:
    return timedelta(seconds=settings.GPU_PATIENCE_SECONDS)
