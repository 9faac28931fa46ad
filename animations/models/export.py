"""Exports: the chosen frames as files for one platform, with the proof that every rule is kept."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from animations.models.job import Job
from animations.models.project import Project
from animations.models.transitions import ERROR_LENGTH, LIVE, JobStatus, move, move_all


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the exports of the user's own projects."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def requested(self) -> Self:
        """Return the exports that somebody has asked for."""
        return self.filter(is_preview=False)

    def previews(self) -> Self:
        """Return the files that were made to be looked at in the studio, and that nobody has asked for."""
        return self.filter(is_preview=True)

    def last_platform_of(self, user: AbstractBaseUser | AnonymousUser) -> str | None:
        """Return the platform for which the user has made a file last, of those that are still there."""
        return self.visible_to(user).requested().order_by("-created_at").values_list("platform", flat=True).first()

    def live(self) -> Self:
        """Return the exports that are queued or running."""
        return self.filter(status__in=Export.LIVE)

    def of_options(self, options: dict[str, Any]) -> Self:
        """Return the exports for which these options were asked for."""
        return self.filter(options=options)

    def live_showing(self, generation: int, finish: dict[str, Any], frames_digest: str) -> Self:
        """Return the live exports that will show the frames of `frames_digest`, now chosen in this generation."""
        read_later = models.Q(status=Export.Status.QUEUED, generation=generation)
        frames = read_later | models.Q(status=Export.Status.RUNNING, frames_digest=frames_digest)
        return self.filter(frames, finish=finish)

    def done_showing(self, finish: dict[str, Any], frames_digest: str) -> Self:
        """Return the finished exports that show the frames of `frames_digest`, newest first."""
        done = self.filter(status=Export.Status.SUCCEEDED, finish=finish, frames_digest=frames_digest)
        return done.order_by("-created_at")


class Export(models.Model):
    """Files for one platform.

    queued ──> running ──> succeeded | failed;   queued | running ──> cancelled;   succeeded ──> failed (damaged)

    All exports of a job begin to run together, when its run has read the frames of the generation for which they were
    requested: one that is queued will show whatever of it is chosen then, so a second one of its platform, finish
    and options cannot be queued beside it. A generate or another finish meanwhile changes nothing about them.

    A preview is a file that was made for the studio. Once somebody asks for it, it is an export as any other.
    """

    Status = JobStatus
    LIVE = LIVE

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("animations.Project", on_delete=models.CASCADE, related_name="exports")
    job = models.ForeignKey("animations.Job", on_delete=models.CASCADE, related_name="exports")
    platform = models.CharField(max_length=20)
    generation = models.PositiveIntegerField(default=0, editable=False)
    """The project's generation whose frames it shows."""
    finish = models.JSONField(default=dict, editable=False)
    """The project's finish when it was requested."""
    options = models.JSONField(default=dict, editable=False)
    """The `ExportOptions` of the request, without those that have their defaults."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    checks = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    """The steps that made it fit the byte budget, in one sentence each."""
    error = models.CharField(max_length=ERROR_LENGTH, blank=True)
    frames_digest = models.CharField(max_length=64, blank=True, editable=False)
    """`ChosenLoop.digest` of its frames, once it runs; until then of those chosen when it was requested."""
    frames_revision = models.PositiveBigIntegerField(default=0, editable=False)
    """The project's revision at which its frames were read; until it runs, at which it was requested."""
    is_preview = models.BooleanField(default=False, editable=False)
    appearance = models.JSONField(null=True, editable=False)
    """`Appearance` of its file, once it is made; None where that cannot be read."""
    revision = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "platform"]
        indexes = [models.Index(fields=["project", "revision"])]
        constraints = [
            models.UniqueConstraint(fields=["job", "platform"], name="export_once_per_job"),
            models.UniqueConstraint(
                fields=["project", "platform", "generation", "finish", "options"],
                condition=models.Q(status=JobStatus.QUEUED, is_preview=False),
                name="one_queued_export_per_platform",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} export of {self.project_id}"

    @staticmethod
    def start_all(exports: Sequence[Export], revision: int, frames_digest: str) -> None:
        """Move from queued to running, or on after a lost run, with the frames that were read. Inside `revise`."""
        revisions = {"frames_revision": revision, "revision": revision}
        move_all(exports, Export.LIVE, status=Export.Status.RUNNING, frames_digest=frames_digest, **revisions)

    def succeed(
        self, revision: int, checks: list[dict[str, Any]], steps: list[str], appearance: dict[str, Any] | None = None
    ) -> None:
        """Move from running to succeeded. Inside `revise`."""
        values = {"checks": checks, "steps": steps, "appearance": appearance, "revision": revision}
        move(self, (self.Status.RUNNING,), status=self.Status.SUCCEEDED, **values)

    def promote_preview(self, revision: int, file_name: str) -> None:
        """Make a finished export or preview one that was asked for now, of a file of this name. Inside `revise`."""
        values = {
            "is_preview": False,
            "created_at": timezone.now(),
            "frames_revision": revision,
            "revision": revision,
        }
        move(self, (self.Status.SUCCEEDED,), **values)
        self.files.update(name=file_name)
        Job.objects.filter(pk=self.job_id).update(kind=Job.Kind.EXPORT)

    def invalidate(self, revision: int, error: str) -> None:
        """Move from succeeded to failed, since its files are damaged, and offer them no more. Inside `revise`."""
        move(self, (self.Status.SUCCEEDED,), status=self.Status.FAILED, error=error[:ERROR_LENGTH], revision=revision)
        self.files.all().delete()

    def fail(self, revision: int, error: str, **measured: Any) -> None:
        """Move from queued or running to failed. Inside `revise`.

        Of a file that breaks a rule, `measured` is what `succeed` takes.
        """
        values = {"error": error[:ERROR_LENGTH], "revision": revision} | measured
        move(self, self.LIVE, status=self.Status.FAILED, **values)


class ExportFile(models.Model):
    """One file of an export, measured by re-reading it."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=160)
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
