"""Packs: the emoji of a set as one store's ZIP, with the proof that its rules are kept."""

from __future__ import annotations

import uuid
from contextlib import suppress
from functools import partial
from typing import Any, Final, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from animations.models.job import Job
from animations.models.project import Project
from animations.models.transitions import (
    ERROR_LENGTH,
    LIVE,
    IllegalTransition,
    JobStatus,
    ProjectGone,
    move,
    revise,
)


class PackQuerySet(models.QuerySet["Pack"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the packs of the user's own sets."""
        return self.filter(job__project__in=Project.objects.visible_to(user))

    def live(self) -> Self:
        """Return the packs that are queued or running."""
        return self.filter(status__in=Pack.LIVE)

    def unmade(self) -> Self:
        """Return the packs that were cancelled or have failed."""
        return self.filter(status__in=(Pack.Status.CANCELLED, Pack.Status.FAILED))

    def equal_to(self, platform: str, digest: str) -> Self:
        """Return the packs that hold the same and are under way or finished, newest first."""
        good = (*Pack.LIVE, Pack.Status.SUCCEEDED)
        return self.filter(platform=platform, digest=digest, status__in=good).order_by("-created_at")


class Pack(models.Model):
    """The emoji of a set as a store wants them.

    queued ──> running ──> succeeded | failed;   queued | running ──> cancelled;   succeeded ──> failed (damaged)

    Its job is the work of the project that is first in the set: the pack's files are stored with that project, count
    against what its owner may store, and go with it. A finished pack takes the place of the one before it.

    It succeeds where a ZIP could be made of at least one emoji; `missing` says what the store would refuse.
    """

    Status = JobStatus
    LIVE = LIVE
    TITLE_LENGTH: Final = 100
    AUTHOR_LENGTH: Final = 100
    MAX_TAGS: Final = 3
    """A sticker in WhatsApp has at most three emoji."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    set = models.ForeignKey("animations.EmojiSet", on_delete=models.CASCADE, related_name="packs")
    job = models.OneToOneField("animations.Job", on_delete=models.CASCADE, related_name="pack")
    platform = models.CharField(max_length=20)
    title = models.CharField(max_length=TITLE_LENGTH)
    author = models.CharField(max_length=AUTHOR_LENGTH, blank=True)
    tags = models.JSONField(default=list)
    """The emoji that stand for a sticker which has none of its own."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    stickers = models.JSONField(default=list)
    """The stickers in the ZIP, each with its project, file, emoji and text."""
    checks = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    error = models.CharField(max_length=ERROR_LENGTH, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    """`digest_of` what it holds once it runs; until then of what was there when it was requested."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.platform} pack of {self.set_id}"

    @property
    def is_accepted(self) -> bool:
        """Whether the store takes it as it is."""
        return self.status == self.Status.SUCCEEDED and all(check["ok"] for check in self.checks)

    def start(self, digest: str) -> None:
        """Move from queued to running, or on after a lost run, with what was read. Inside `revise`."""
        move(self, self.LIVE, status=self.Status.RUNNING, digest=digest)

    def succeed(self, stickers: list[Any], checks: list[Any], missing: list[Any]) -> None:
        """Move from running to succeeded, in place of older packs for the store. Inside `revise`."""
        values = {"stickers": stickers, "checks": checks, "missing": missing}
        move(self, (self.Status.RUNNING,), status=self.Status.SUCCEEDED, **values)
        older = Pack.objects.filter(set=self.set_id, platform=self.platform, created_at__lt=self.created_at)
        older.exclude(status__in=self.LIVE).delete()

    def note_missing(self, missing: list[Any]) -> None:
        """Write down what it lacks, before it fails. Inside `revise`."""
        move(self, (self.Status.RUNNING,), missing=missing)

    def invalidate(self, error: str) -> None:
        """Move from succeeded to failed, since its files are damaged, and offer them no more. Inside `revise`."""
        move(self, (self.Status.SUCCEEDED,), status=self.Status.FAILED, error=error[:ERROR_LENGTH])
        self.files.all().delete()


class PackFile(models.Model):
    """A file of a pack: the store's ZIP, and the report on it."""

    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=160)
    file = models.FileField(max_length=200)
    bytes = models.PositiveIntegerField()
    format = models.CharField(max_length=10)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


@receiver(post_delete, sender=PackFile)
def mark_project_unswept(instance: PackFile, **_: object) -> None:
    """Have the files of the pack's project swept again, now that no row names this one.

    After the commit, when no other project's row is locked: the pack may be another project's than what is changed.
    """
    project_ids = list(Project.objects.filter(jobs__pack=instance.pack_id).values_list("pk", flat=True))
    unswept = Project.objects.filter(pk__in=project_ids)
    transaction.on_commit(lambda: unswept.update(swept_revision=Project.NEVER_SWEPT))


@receiver(post_delete, sender=Pack)
def cancel_job(instance: Pack, **_: object) -> None:
    """Cancel the job of a pack that goes with its set, after the commit: it may be the work of another project."""
    if instance.status in Pack.LIVE:
        transaction.on_commit(partial(_cancel_live, instance.job_id))


def _cancel_live(job_id: UUID) -> None:
    job = Job.objects.live().filter(pk=job_id).first()
    with suppress(IllegalTransition, ProjectGone):  # it has ended meanwhile
        if job:
            with revise(job.project_id, also_trashed=True) as revision:
                job.cancel(revision)
