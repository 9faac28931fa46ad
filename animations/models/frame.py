"""Frames: the moments of a loop, each with the candidate chosen for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.db import models

from animations.models.transitions import FrameStatus, IllegalTransition, move, move_all

if TYPE_CHECKING:
    from animations.models.candidate import Candidate


class FrameQuerySet(models.QuerySet["Frame"]):
    def start_all(self, frames: Sequence[Frame], revision: int) -> None:
        """Start each of `frames`, all or none, in one query. Inside `revise`."""
        move_all(frames, Frame.NOT_WORKING, status=Frame.Status.WORKING, revision=revision)


class Frame(models.Model):
    """One moment of the loop.

    pending ──> working ──> ready | failed;   ready | failed ──> working (retried) ──> ready | failed

    `chosen` is a single reference, so a frame can have no two chosen candidates. `revision` is raised with every
    change of the frame or of one of its candidates.
    """

    Status = FrameStatus
    UNFINISHED: Final = (Status.PENDING, Status.WORKING)
    NOT_WORKING: Final = (Status.PENDING, Status.READY, Status.FAILED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("animations.Project", on_delete=models.CASCADE, related_name="frames")
    generation = models.PositiveIntegerField()
    index = models.PositiveSmallIntegerField()
    delay_ms = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    chosen = models.ForeignKey(
        "animations.Candidate", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revision = models.PositiveBigIntegerField()

    objects = FrameQuerySet.as_manager()

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["project", "generation", "index"], name="frame_once_per_generation"),
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
