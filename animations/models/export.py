"""An export: the chosen frames as files for one platform, with the proof that every rule is kept."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models

from animations.models.transitions import move


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        return self.filter(project__owner_id=user.pk) if user.is_authenticated else self.none()


class Export(models.Model):
    """Files for one platform.

    queued ──> running ──> succeeded | failed;   queued | running ──> cancelled
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    LIVE = (Status.QUEUED, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("animations.Project", on_delete=models.CASCADE, related_name="exports")
    job = models.ForeignKey("animations.Job", on_delete=models.CASCADE, related_name="exports")
    platform = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    checks = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    """What was given up to fit the byte budget, one sentence each."""
    error = models.CharField(max_length=300, blank=True)
    revision = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "platform"]
        indexes = [models.Index(fields=["project", "revision"])]
        constraints = [
            models.UniqueConstraint(fields=["job", "platform"], name="export_once_per_job"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} export of {self.project_id}"

    def run(self, revision: int) -> None:
        """queued → running (or running again after a lost run). Inside `revise`."""
        move(self, self.LIVE, status=self.Status.RUNNING, revision=revision)

    def succeed(self, revision: int, checks: list[dict[str, Any]], steps: list[str]) -> None:
        """running → succeeded. Inside `revise`."""
        values = {"status": self.Status.SUCCEEDED, "checks": checks, "steps": steps, "revision": revision}
        move(self, (self.Status.RUNNING,), **values)

    def fail(self, revision: int, error: str) -> None:
        """queued or running → failed. Inside `revise`."""
        move(self, self.LIVE, status=self.Status.FAILED, error=error[:300], revision=revision)


class ExportFile(models.Model):
    """One file of an export, measured by re-reading it."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    file = models.FileField(max_length=200)
    bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    frames = models.PositiveIntegerField()
    duration_ms = models.PositiveIntegerField()
    format = models.CharField(max_length=10)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
