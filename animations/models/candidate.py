"""Candidates: the ways a frame could look."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from django.db import models

from animations.models.transitions import ERROR_LENGTH, FrameStatus, move
from animations.motion.seam import SEAM_LIMIT

if TYPE_CHECKING:
    from animations.models.job import Job
    from animations.models.source import Matte


class CandidateFiles(NamedTuple):
    """The names of a candidate's stored files."""

    picture: str
    alpha: str
    cutout: str
    preview: str
    matte: Matte | None = None
    """The source's, that it was drawn of."""


class CarriedBy(NamedTuple):
    """The engine that carried another frame's correction to a candidate, and how sure it is, from 0 to 1."""

    engine: str
    confidence: float


class Candidate(models.Model):
    """One way a frame could look. Once ready it never changes: retry and refine make new rows that name a parent.

    pending ──> ready | failed;   ready ──> failed (its files are damaged) ──> pending (drawn again)

    `picture` is the image as its generator made it, `alpha` how opaque each pixel is, `cutout` the two together with
    the background's colour taken out of the edge. A procedural generator draws the cutout itself, so there `picture`
    and `cutout` are the same stored file. `preview` is the cutout as the pages show it, smaller; candidates made
    before there were previews have none.
    """

    Status = FrameStatus

    class Origin(models.TextChoices):
        GENERATED = "generated"
        RETRIED = "retried"
        REFINED = "refined"
        IMPORTED = "imported"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    frame = models.ForeignKey("animations.Frame", on_delete=models.CASCADE, related_name="candidates")
    ordinal = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.GENERATED)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    job = models.ForeignKey("animations.Job", null=True, on_delete=models.SET_NULL, related_name="candidates")
    matte = models.ForeignKey("animations.Matte", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    """The source's matte that it was drawn of; not known of those made before there was this column."""
    prompt = models.CharField(max_length=300, blank=True)
    engine = models.CharField(max_length=40, blank=True)
    recipe = models.JSONField(default=dict)
    picture = models.FileField(max_length=200, blank=True)
    alpha = models.FileField(max_length=200, blank=True)
    cutout = models.FileField(max_length=200, blank=True)
    preview = models.FileField(max_length=200, blank=True)
    seam = models.FloatField(null=True, blank=True)
    """The larger step to a neighbour over the loop's median step (`motion.seam`)."""
    confidence = models.FloatField(null=True, blank=True)
    """How sure it is, from 0 to 1, where another frame's correction was carried to it: it waits to be chosen."""
    carried_by = models.CharField(max_length=10, blank=True)
    """The engine that carried it there: `sam_clip` or `flow`."""
    error = models.CharField(max_length=ERROR_LENGTH, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["frame", "ordinal"], name="candidate_ordinal_once_per_frame"),
        ]

    def __str__(self) -> str:
        return f"candidate {self.ordinal} of {self.frame_id}"

    @property
    def stands_out(self) -> bool:
        """True where the frame would visibly jump in its loop."""
        return self.seam is not None and self.seam > SEAM_LIMIT

    @property
    def is_proposal(self) -> bool:
        """True where a person is to look at it before it is shown."""
        return self.confidence is not None

    def finish(self, drawn: CandidateFiles, *, seam: float | None = None, carried: CarriedBy | None = None) -> None:
        """Move from pending to ready, with its files. Inside `revise`."""
        by, confidence = carried or ("", None)
        ready = {"status": self.Status.READY, "seam": seam, "confidence": confidence, "carried_by": by}
        move(self, (self.Status.PENDING,), **ready, **drawn._asdict())

    def invalidate(self, error: str) -> None:
        """Move from ready to failed, since its files are damaged. Inside `revise`."""
        move(self, (self.Status.READY,), status=self.Status.FAILED, error=error[:ERROR_LENGTH])

    def redraw(self, job: Job) -> None:
        """Move from failed to pending, to be drawn again by `job`. Inside `revise`."""
        move(self, (self.Status.FAILED,), status=self.Status.PENDING, error="", job=job)

    def fail(self, error: str) -> None:
        """Move from pending to failed, saying why. Inside `revise`."""
        move(self, (self.Status.PENDING,), status=self.Status.FAILED, error=error[:ERROR_LENGTH])
