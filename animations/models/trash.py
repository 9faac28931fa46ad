"""The trash: a deleted project is hidden, and its owner can take it back for some minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import models
from django.utils import timezone

from animations.models.transitions import IllegalTransition

if TYPE_CHECKING:
    from animations.models.project import Project  # noqa: F401  (named as text below)


class TrashQuerySet(models.QuerySet["Project"]):
    def in_trash_of(self, user_id: Any) -> Self:
        """Return the projects that a person can take back, the latest deletion first."""
        since = timezone.now() - self.model.TRASH_KEPT
        return self.filter(owner_id=user_id, trashed_at__gt=since).order_by("-trashed_at", "-pk")

    def to_be_deleted(self) -> Self:
        """Return the projects that were in the trash for as long as they are kept there."""
        return self.filter(trashed_at__lte=timezone.now() - self.model.TRASH_KEPT).order_by("trashed_at", "pk")


class Trashable(models.Model):
    """The part of a project that concerns the trash."""

    TRASH_KEPT: Final = timedelta(minutes=10)
    """The time for which a deletion can be taken back; then the reconciler deletes the project."""
    TRASH_SIZE: Final = 10
    """Projects of one person in the trash; it does not count against what they may store."""

    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)
    """The time at which its owner deleted it; for a while that can be undone."""

    class Meta:
        abstract = True

    def move_to_trash(self) -> None:
        """Hide the project from everybody, until it is taken back or deleted. Inside `revise`."""
        self.trashed_at = timezone.now()
        type(self)._default_manager.filter(pk=self.pk).update(trashed_at=self.trashed_at)

    def leave_trash(self) -> None:
        """Show the project again. Inside `revise`; raises `IllegalTransition` where it was shown already."""
        if not type(self)._default_manager.filter(pk=self.pk, trashed_at__isnull=False).update(trashed_at=None):
            raise IllegalTransition(f"Project {self.pk} is not in the trash")
        self.trashed_at = None
