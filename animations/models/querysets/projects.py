"""Which projects a person may see, and which are to be swept."""

from __future__ import annotations

from typing import Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models

from animations.models.trash import TrashQuerySet


class ProjectQuerySet(TrashQuerySet):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the projects that the user may see: their own. Staff see others' in the admin only."""
        return self.filter(owner_id=user.pk, trashed_at=None) if user.is_authenticated else self.none()

    def editable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the projects that the user may change."""
        return self.visible_to(user)

    def unswept(self) -> Self:
        """Return the projects that were changed since their files were last swept."""
        return self.exclude(swept_revision=models.F("revision"))

    def newest_first(self) -> Self:
        """Return the projects in the order of the pages."""
        return self.order_by("-created_at", "-pk")

    def for_payload(self) -> Self:
        """Read along with each project what its payload needs of other tables."""
        return self.select_related("source", "source__matte", "preset")
