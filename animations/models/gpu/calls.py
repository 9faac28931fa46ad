"""Calls to the GPU and what they cost; endpoints, their state and their timing."""

from __future__ import annotations

import re
import time
import uuid
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone

from animations.models.transitions import ERROR_LENGTH


class GpuCallQuerySet(models.QuerySet["GpuCall"]):
    def record_completion(self, call_id: UUID, remote_id: str) -> None:
        """Note that the call's job has ended, as a webhook says; the second time it changes nothing.

        sending or uncertain → submitted, when it names the job of a send whose answer never came. The message is a
        reason to look, never the result: a lost, late or untrue one costs one question to the endpoint.
        """
        call = self.filter(pk=call_id)
        if GpuCall.REMOTE_ID.fullmatch(remote_id):
            unanswered = call.filter(status__in=(GpuCall.Status.SENDING, GpuCall.Status.UNCERTAIN), remote_id="")
            unanswered.update(status=GpuCall.Status.SUBMITTED, remote_id=remote_id)
        call.filter(signalled_at__isnull=True).update(signalled_at=timezone.now())


class GpuCall(models.Model):
    """One call to the GPU, saved before it is sent, so that nothing is paid for twice.

    The diagram of its states is in `gpu.ledger`. `key` is what makes two calls the same work; an unanswered send
    stays `uncertain` beside the row of its repetition (`replaces_uncertain`), so that both are seen. A call whose job
    the endpoint has lost fails beside the row of its repetition (`replaces_lost`).
    """

    class Status(models.TextChoices):
        PREPARED = "prepared"
        SENDING = "sending"
        SUBMITTED = "submitted"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        UNCERTAIN = "uncertain"
        CANCELLED = "cancelled"

    LIVE: Final = (Status.PREPARED, Status.SENDING, Status.SUBMITTED, Status.UNCERTAIN)
    UNSUCCESSFUL: Final = (Status.FAILED, Status.CANCELLED)
    ENDED: Final = (Status.SUCCEEDED, *UNSUCCESSFUL)
    REMOTE_ID: Final = re.compile(r"[\w-]{1,100}", re.ASCII)
    """The form of a remote job's id, which becomes part of addresses that we request."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="gpu_calls")
    project = models.ForeignKey("animations.Project", null=True, on_delete=models.SET_NULL, related_name="gpu_calls")
    job = models.ForeignKey("animations.Job", null=True, on_delete=models.SET_NULL, related_name="gpu_calls")
    waiting = models.ManyToManyField("animations.Job", editable=False, related_name="awaited_calls")
    """The jobs that want its result: `job`, and others of its project with equal work. The last one cancels it."""
    key = models.CharField(max_length=64)
    """`gpu.ledger.work_key`: what makes two calls the same."""
    attempt = models.PositiveSmallIntegerField(default=1)
    replaces_uncertain = models.BooleanField(default=False)
    replaces_lost = models.BooleanField(default=False)
    """Sent because the endpoint had lost the job of the attempt before it: the only time."""
    task = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PREPARED)
    endpoint = models.CharField(max_length=200, blank=True)
    remote_id = models.CharField(max_length=100, blank=True, db_index=True)
    frames = models.PositiveSmallIntegerField(default=1)
    frame_keys = models.JSONField(default=list, editable=False)
    """The key of each frame in it: a run that starts again finds what was asked already, however it was packed."""
    estimate_ms = models.PositiveIntegerField(default=0)
    """The expected execution time when it was sent: it counts against the quota until the call has ended."""
    signalled_at = models.DateTimeField(null=True, blank=True)
    """The time at which the endpoint's webhook said that the job has ended."""
    delay_ms = models.PositiveIntegerField(null=True, blank=True)
    execution_ms = models.PositiveIntegerField(null=True, blank=True)
    cost_is_estimate = models.BooleanField(default=False)
    """The endpoint did not say how long it ran: time and cost are the most possible (`gpu.call.remote_job`)."""
    results = models.JSONField(default=list, editable=False)
    """Per frame the stored alpha's file name, or the worker's error: a run that starts again resumes from them."""
    model = models.CharField(max_length=80, blank=True)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    error = models.CharField(max_length=ERROR_LENGTH, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = GpuCallQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "GPU call"
        constraints = [
            models.UniqueConstraint(fields=["key", "attempt"], name="gpu_call_once_per_attempt"),
        ]
        indexes = [models.Index(fields=["user", "created_at"])]

    def __str__(self) -> str:
        return f"{self.task} call {self.pk}"

    def clear_results(self) -> None:
        """Let nobody resume from what the call has brought, since it is damaged; its time and cost stay."""
        self.key, self.frame_keys, self.results = self.pk.hex, [], []
        self.save(update_fields=["key", "frame_keys", "results"])


class EndpointStateQuerySet(models.QuerySet["EndpointState"]):
    def current(self) -> EndpointState | None:
        """Return the row of the endpoint in the settings, if it was ever asked."""
        return self.filter(endpoint=settings.RUNPOD_ENDPOINT_ID).first()


class EndpointState(models.Model):
    """The state of an endpoint as last reported. Views read this row; only a job asks the endpoint."""

    INFO_IS_FRESH_SECONDS: Final = 20 * 60
    """An idle worker is asked for `info` every ten minutes, or in the next round after that."""
    CANNOT_RUN: Final = "The GPU endpoint cannot run this engine."

    endpoint = models.CharField(max_length=200, unique=True)
    workers = models.JSONField(default=dict)
    jobs = models.JSONField(default=dict)
    info = models.JSONField(default=dict)
    """The worker's last answer to the task `info`: engines it can run, and why not."""
    breaker = models.JSONField(default=dict)
    """`gpu.call.breaker.BreakerState`: shared by every process that sends."""
    used_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=ERROR_LENGTH, blank=True)
    as_of = models.DateTimeField(null=True)

    objects = EndpointStateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.endpoint

    def reason_against(self, engine: str) -> str | None:
        """Return in words why the worker cannot run `engine`, "" if it can, None if it has not said."""
        said = self.info.get("tasks", {}).get(engine)
        if said is None:
            return None
        if said.get("available"):
            return ""
        # What follows the colon tells the operator of the worker where to put what; the admin shows it.
        return str(said.get("reason") or self.CANNOT_RUN).partition(":")[0]

    def expire_info(self) -> None:
        """Forget when `info` was asked for: the worker is asked again, and until then nothing is refused by it."""
        self.info.pop("asked_at", None)
        self.save(update_fields=["info"])

    def is_info_fresh(self) -> bool:
        """Return whether the worker's `info` is recent enough to refuse work because of it."""
        return bool(time.time() - self.info.get("asked_at", 0.0) <= self.INFO_IS_FRESH_SECONDS)


class GpuTiming(models.Model):
    """The execution time of a task's frames of one size on an endpoint (`gpu.batch.execution_time`)."""

    endpoint = models.CharField(max_length=200)
    task = models.CharField(max_length=20)
    size_class = models.CharField(max_length=20)
    per_frame_ms = models.FloatField()
    per_call_ms = models.FloatField()
    samples = models.FloatField(default=0)
    """Their weight: older ones count for less."""
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = "GPU timing"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "task", "size_class"], name="one_timing_per_task_and_size"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.size_class} on {self.endpoint}"
