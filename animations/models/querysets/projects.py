"""Which projects a person may see, which are in the trash, and which are to be swept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from animations.models.project import Project  # noqa: F401  (named as text below)


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the projects that the user may see: their own. Staff see others' in the admin only."""
        return self.filter(owner_id=user.pk, trashed_at=None) if user.is_authenticated else self.none()

    def editable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the projects that the user may change."""
        return self.visible_to(user)

    def in_trash_of(self, user_id: Any) -> Self:
        """Return the projects that a person can take back, the latest deletion first."""
        since = timezone.now() - self.model.TRASH_KEPT
        return self.filter(owner_id=user_id, trashed_at__gt=since).order_by("-trashed_at", "-pk")

    def to_be_deleted(self) -> Self:
        """Return the projects that were in the trash for as long as they are kept there."""
        return self.filter(trashed_at__lte=timezone.now() - self.model.TRASH_KEPT).order_by("trashed_at", "pk")

    def unswept(self) -> Self:
        """Return the projects that were changed since their files were last swept."""
        return self.exclude(swept_revision=models.F("revision"))

    def newest_first(self) -> Self:
        """Return the projects in the order of the pages."""
        return self.order_by("-created_at", "-pk")

    def for_payload(self) -> Self:
        """Read along with each project what its payload needs of other tables."""
        return self.select_related("source", "source__matte", "preset")
