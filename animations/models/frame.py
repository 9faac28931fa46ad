"""Frames: the moments of a loop, each with the candidate chosen for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from django.db import models

from animations.models.transitions import LIVE, FrameStatus, IllegalTransition, move, move_all

if TYPE_CHECKING:
    from animations.models.candidate import Candidate


class FrameQuerySet(models.QuerySet["Frame"]):
    def start_all(self, frames: Sequence[Frame], revision: int) -> None:
        """Start each of `frames`, all or none, in one query. Inside `revise`."""
        move_all(frames, Frame.NOT_WORKING, status=Frame.Status.WORKING, revision=revision)

    def in_loop(self) -> Self:
        """Return the frames that have not been removed."""
        return self.filter(removed_at=None)

    def removed(self) -> Self:
        """Return the frames that have been removed, and that no job works on, the latest first."""
        idle = self.exclude(removed_at=None).exclude(jobs__status__in=LIVE)
        return idle.exclude(candidates__job__status__in=LIVE).order_by("-removed_at", "-pk")


class Frame(models.Model):
    """One moment of the loop.

    pending ──> ready | failed
    pending | ready | failed ──> working (retried, refined, or drawn again) ──> ready | failed
    ready ──> failed (its picture was damaged);   failed ──> ready (another candidate is chosen)

    `chosen` is a single reference, so a frame can have no two chosen candidates. `revision` is raised with every
    change of the frame or of one of its candidates. A frame that was removed from the loop can be put back for a
    while (`Project.show_frames`); until then it has the index that it had.
    """

    Status = FrameStatus
    UNFINISHED: Final = (Status.PENDING, Status.WORKING)
    NOT_WORKING: Final = (Status.PENDING, Status.READY, Status.FAILED)
    REMOVED_KEPT: Final = timedelta(hours=24)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("animations.Project", on_delete=models.CASCADE, related_name="frames")
    generation = models.PositiveIntegerField()
    index = models.PositiveSmallIntegerField()
    phase = models.FloatField(default=0.0)
    """The moment of the motion that it shows, from 0 up to 1; it stays when the frame is moved."""
    delay_ms = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    chosen = models.ForeignKey(
        "animations.Candidate", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    revision = models.PositiveBigIntegerField()

    objects = FrameQuerySet.as_manager()

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "generation", "index"],
                condition=models.Q(removed_at=None),
                name="frame_once_per_generation",
            ),
        ]
        indexes = [models.Index(fields=["project", "revision"])]

    def __str__(self) -> str:
        return f"frame {self.index} of {self.project_id}"

    def start(self, revision: int) -> None:
        """Move from pending, ready or failed to working. Inside `revise`."""
        move(self, self.NOT_WORKING, status=self.Status.WORKING, revision=revision)

    def finish(self, revision: int, chosen: Candidate | None) -> None:
        """Move from pending or working to ready with `chosen`, or to failed without one. Inside `revise`."""
        status = self.Status.READY if chosen else self.Status.FAILED
        move(self, self.UNFINISHED, status=status, chosen=chosen, revision=revision)

    def replace_chosen(self, revision: int, chosen: Candidate | None) -> None:
        """Show another candidate, or fail without one, where the chosen one was lost. Inside `revise`."""
        status = self.Status.READY if chosen else self.Status.FAILED
        move(self, self.NOT_WORKING, status=status, chosen=chosen, revision=revision)

    def choose(self, revision: int, candidate: Candidate) -> None:
        """Choose one of this frame's own ready candidates; a frame that failed becomes ready. Inside `revise`."""
        if candidate.frame_id != self.pk or candidate.status != candidate.Status.READY:
            raise IllegalTransition("Only a ready candidate of this frame can be chosen.")
        states = {self.Status.FAILED: self.Status.READY}
        move(
            self,
            (self.Status.READY, self.Status.FAILED, self.Status.WORKING),
            status=states.get(self.Status(self.status), self.status),
            chosen=candidate,
            revision=revision,
        )
