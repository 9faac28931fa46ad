"""Projects: one source, one motion, and the frames made of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypedDict

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from animations import storage
from animations.matte import engines
from animations.models.querysets.projects import ProjectQuerySet
from animations.models.transitions import move, revise
from animations.models.trash import Trashable
from animations.motion.sampling import MAX_FRAMES, MAX_TIMELINE_MS, MIN_DELAY_MS, MIN_FRAMES

if TYPE_CHECKING:
    from animations.models.frame import Frame

_LIMITS: Final = {
    "frame_count": (MIN_FRAMES, MAX_FRAMES),
    "frame_ms": (MIN_DELAY_MS, 1000),
    "size": (64, 512),
    "candidates": (1, 4),
    "clip_start_ms": (0, MAX_TIMELINE_MS),
    "clip_end_ms": (1, MAX_TIMELINE_MS),
    "clip_fps": (1, 50),
}
"""The least and the most of each numeric option; validators, serializers and pages take them from here."""


def _between_limits(name: str) -> list[MinValueValidator | MaxValueValidator]:
    least, most = _LIMITS[name]
    return [MinValueValidator(least), MaxValueValidator(most)]


class Note(TypedDict):
    """One sentence or two for the owner about what was done unasked; `code` names its kind (`clip_shortened`)."""

    code: str
    text: str


def with_note(notes: Iterable[Note], code: str, text: str) -> list[Note]:
    """Put the note `code` last, in place of the one of this code; an empty `text` removes it."""
    others = [note for note in notes if note["code"] != code]
    return [*others, {"code": code, "text": text}] if text else others


class Project(Trashable):
    """One emoji in the making.

    draft ──> working ──> ready | partial | failed | cancelled ──> working (generated again)
              ready ──> partial | failed (frames were damaged, or put back unfinished)
              ready | partial | failed | cancelled ──> ready | partial | failed (the generation before is shown)
              partial | failed ──> ready | partial (frames made again)

    `revision` counts every change that a subscriber should see; `frame_list_revision` is the one at which the list of
    frames itself changed, so that a subscriber behind it needs a whole snapshot. Each generate raises `generation`;
    the frames of the one before stay in the database until the next, so that it can be shown again, and those of a
    live export until it has ended.
    """

    class Status(models.TextChoices):
        DRAFT = "draft"
        WORKING = "working"
        READY = "ready"
        PARTIAL = "partial"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Framing(models.TextChoices):
        CROP = "crop"
        WHOLE = "whole"

    class Generator(models.TextChoices):
        AUTO = "auto"
        PROCEDURAL = "procedural"
        CLIP = "clip"
        VIDEO = "video"

    LIMITS: Final = _LIMITS
    NEVER_SWEPT: Final = -1
    NAME_LENGTH: Final = 100
    PROMPT_LENGTH: Final = 300
    ALT_TEXT_LENGTH: Final = 255
    MAX_TAGS: Final = 12
    TAG_LENGTH: Final = 30

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=NAME_LENGTH)
    has_own_name = models.BooleanField(default=False, editable=False)
    """Whether its owner has named it; else another motion changes the name."""
    tag_text = models.TextField(null=True, default=None, editable=False)  # noqa: DJ001  # "" is none, and wanted
    """The tags, one a line; None until its owner has chosen them."""
    alt_text = models.CharField(max_length=ALT_TEXT_LENGTH, null=True, editable=False)  # noqa: DJ001  # as above
    """A description for people who cannot see it; None until its owner has written it."""
    poster = models.ForeignKey(
        "animations.Frame", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    """The frame shown when still, where that is in the loop and has a picture; else the first one that has."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    preset = models.ForeignKey("animations.Preset", null=True, blank=True, on_delete=models.SET_NULL)
    prompt = models.CharField(max_length=PROMPT_LENGTH, blank=True)
    understood_as = models.CharField(max_length=PROMPT_LENGTH, blank=True)
    recipe = models.JSONField(default=dict)
    generator = models.CharField(max_length=10, choices=Generator.choices, default=Generator.AUTO)
    matte = models.CharField(max_length=10, choices=engines.MATTE_CHOICES, default=engines.AUTO)
    frame_count = models.PositiveSmallIntegerField(default=12, validators=_between_limits("frame_count"))
    frame_ms = models.PositiveSmallIntegerField(default=80, validators=_between_limits("frame_ms"))
    size = models.PositiveSmallIntegerField(default=256, validators=_between_limits("size"))
    candidates = models.PositiveSmallIntegerField(default=3, validators=_between_limits("candidates"))
    clip_start_ms = models.PositiveIntegerField(default=0, validators=_between_limits("clip_start_ms"))
    clip_end_ms = models.PositiveIntegerField(null=True, blank=True, validators=_between_limits("clip_end_ms"))
    """The end of the loop in the clip; None is the clip's own end."""
    clip_fps = models.PositiveSmallIntegerField(null=True, blank=True, validators=_between_limits("clip_fps"))
    """Frames a second taken of the clip; None keeps the clip's own frames."""
    framing = models.CharField(max_length=10, choices=Framing.choices, default=Framing.CROP)
    """Crop the emoji to what the picture or clip shows, or keep the whole canvas."""
    clip_layout = models.JSONField(default=dict, blank=True)
    """The layout of this generation's frames of a clip, decided once for all: see `work.clip_frames.framing`."""
    finish = models.JSONField(default=dict, blank=True)
    """The finish of its files (`finish.options`), without the values that are the defaults."""
    emoji_set = models.ForeignKey(
        "animations.EmojiSet", null=True, blank=True, on_delete=models.SET_NULL, related_name="projects"
    )
    set_position = models.PositiveSmallIntegerField(default=0, editable=False)
    set_recipes = models.JSONField(default=list, blank=True, editable=False)
    """The motions for which this generation's frames make room, its own aside: those of the set it was made in."""
    notes = models.JSONField(default=list, blank=True)
    """The `Note`s on this generation, at most one of a code."""
    generation = models.PositiveIntegerField(default=0)
    kept = models.JSONField(null=True, blank=True, editable=False)
    """The generation that can be shown again, with the columns that it had (`actions.projects.generations`)."""
    revision = models.PositiveBigIntegerField(default=0)
    frame_list_revision = models.PositiveBigIntegerField(default=0)
    swept_revision = models.BigIntegerField(default=NEVER_SWEPT, editable=False)
    """The revision at which files that no row names were last deleted (`work.cleanup`)."""
    stored_bytes = models.PositiveBigIntegerField(default=0, editable=False)
    """The size of its files when it was last swept."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-created_at"]),
            models.Index(
                fields=["updated_at"],
                condition=~models.Q(swept_revision=models.F("revision")),
                name="project_unswept",
            ),
            models.Index(
                fields=["owner", "trashed_at"], condition=models.Q(trashed_at__isnull=False), name="project_trashed"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(frame_count__range=_LIMITS["frame_count"])
                & models.Q(candidates__range=_LIMITS["candidates"]),
                name="project_counts_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def start(self, revision: int, **values: Any) -> None:
        """Move from any status but working to working, with the columns of a generation. Inside `revise`."""
        self._move_from_rest(revision, status=self.Status.WORKING, **values)

    def show_generation(self, revision: int, **values: Any) -> None:
        """Show another generation, with its columns, in the status that its frames have. Inside `revise`."""
        self._move_from_rest(revision, **values)
        self._move_from_rest(revision, status=self._frames_status())

    def _move_from_rest(self, revision: int, **values: Any) -> None:
        not_working = tuple(status for status in self.Status.values if status != self.Status.WORKING)
        move(self, not_working, revision=revision, frame_list_revision=revision, **values)

    def mark_frames_lost(self) -> None:
        """Move from ready to partial or failed, since frames of it are damaged, or put back. Inside `revise`."""
        status = self._frames_status()
        if type(self).objects.filter(pk=self.pk, status=self.Status.READY).update(status=status):
            self.status = status

    def update_status(self) -> None:
        """Move from working, partial or failed to ready, partial or failed, as its frames are. Inside `revise`.

        A project that was cancelled stays so when one of its frames is made again.
        """
        status = self._frames_status()
        unfinished = (self.Status.WORKING, self.Status.PARTIAL, self.Status.FAILED)
        if type(self).objects.filter(pk=self.pk, status__in=unfinished).update(status=status):
            self.status = status

    def _frames_status(self) -> str:
        states = set(self.current_frames().values_list("status", flat=True))
        if states == {"ready"}:
            return self.Status.READY
        return self.Status.PARTIAL if "ready" in states else self.Status.FAILED

    @property
    def is_pixel_art(self) -> bool:
        """True where the frames are a clip's pixel art, kept pixel for pixel: enlarged without smoothing."""
        return bool(self.clip_layout.get("block"))

    def current_frames(self) -> models.QuerySet[Frame]:
        """Return the frames of the current generation, in order."""
        return self.frames_of(self.generation)

    def frames_revision(self) -> int:
        """Return the revision of the latest change of the loop: a file made of an earlier one shows older frames."""
        return max(self.current_frames().values_list("revision", flat=True), default=0)

    def frames_of(self, generation: int | None) -> models.QuerySet[Frame]:
        """Return the frames of a generation, by default of the current one, in order."""
        frames: models.QuerySet[Frame] = self.frames.in_loop().filter(
            generation=self.generation if generation is None else generation
        )
        return frames.order_by("index")

    def show_frames(self, frames: Sequence[Frame], revision: int) -> None:
        """Show these saved frames of the generation in this order, and remove the others. Inside `revise`.

        Each is written with the time that it stays.
        """
        self.current_frames().update(removed_at=timezone.now(), revision=revision)
        for index, frame in enumerate(frames):
            frame.index, frame.removed_at, frame.revision = index, None, revision
        self.frames.bulk_update(frames, ["index", "delay_ms", "removed_at", "revision"])
        self.frame_list_revision = revision
        type(self).objects.filter(pk=self.pk).update(frame_list_revision=revision)
        self.update_status()
        if any(frame.status == frame.Status.FAILED for frame in frames):
            self.mark_frames_lost()

    def add_note(self, code: str, text: str) -> None:
        """Replace this generation's note with this code; an empty `text` removes it. Inside `revise`."""
        rows = type(self).objects.filter(pk=self.pk)
        self.notes = with_note(rows.values_list("notes", flat=True).get(), code, text)
        rows.update(notes=self.notes)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the project with its rows, and after the commit its files. Raises `ProjectGone` the second time.

        Rows are locked in the order of all who write them: the project, its jobs, their calls. What else works on
        the project waits, finds it gone or its lease lost, and stops.
        """
        with revise(self.pk, also_trashed=True) as revision:
            for job in self.jobs.live():
                job.cancel(revision)
            self.refresh_from_db(fields=["emoji_set"])  # which may be left empty
            list(self.gpu_calls.select_for_update().order_by("pk").values_list("pk", flat=True))
            return super().delete(*args, **kwargs)

    def edit(self, **columns: Any) -> None:
        """Write what its owner calls it, or which frame stands for it. Inside `revise`."""
        for column, value in columns.items():
            setattr(self, column, value)
        type(self).objects.filter(pk=self.pk).update(**columns)

    def set_finish(self, finish: dict[str, Any]) -> None:
        """Show the frames with another finish in files that are asked for from now on. Inside `revise`."""
        type(self).objects.filter(pk=self.pk).update(finish=finish)
        self.finish = finish


@receiver(post_delete, sender=Project)
def delete_files(instance: Project, **_: object) -> None:
    """Delete a project's files after the commit; rows are deleted one by one, by cascade and from the admin."""
    project_id = instance.pk  # the instance itself has forgotten it by the time of the commit
    transaction.on_commit(lambda: storage.delete_project_files(project_id))
