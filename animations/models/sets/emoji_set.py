"""Sets: several emojis that belong together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final, Self
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.signals import post_delete
from django.dispatch import receiver

from animations.models.project import Project
from animations.models.transitions import revise


class EmojiSetQuerySet(models.QuerySet["EmojiSet"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the user's own sets; one whose projects are all in the trash is there with them."""
        if not user.is_authenticated:
            return self.none()
        shown = Project.objects.filter(emoji_set=OuterRef("pk"), trashed_at=None)
        return self.filter(Exists(shown), owner_id=user.pk)

    def editable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the sets that the user may change."""
        return self.visible_to(user)

    def newest_first(self) -> Self:
        """Return the sets in the order of the pages."""
        return self.order_by("-created_at", "-pk")


class EmojiSet(models.Model):
    """Several projects of one person in an order. Its status and progress follow from theirs.

    The row goes with its last project. Where rows of both are locked, the projects' come first, since a deletion of a
    project clears `cover`.
    """

    SIZE: Final = (2, 40)
    """The least and the most projects of a new set; LINE takes up to 40 emojis. Deletions may leave one."""
    NAME_LENGTH: Final = 100

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="emoji_sets")
    name = models.CharField(max_length=NAME_LENGTH)
    cover = models.ForeignKey(Project, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    """The project that stands for the set; None is its first."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EmojiSetQuerySet.as_manager()

    class Meta:
        verbose_name = "set"
        indexes = [models.Index(fields=["owner", "-created_at"])]

    def __str__(self) -> str:
        return self.name

    def shown_projects(self) -> models.QuerySet[Project]:
        """Return the projects that are not in the trash, in order."""
        return self.projects.filter(trashed_at=None).order_by("set_position", "pk")

    def set_projects(self, projects: Sequence[UUID]) -> None:
        """Keep these projects in this order, and remove the others. Raises `ProjectGone`. In a transaction."""
        held = {pk: place for pk, place in self.shown_projects().values_list("pk", "set_position")}
        for pk in sorted(held.keys() | set(projects)):
            if pk not in projects:
                self._place(pk, emoji_set=None, set_position=0)
            elif held.get(pk) != (place := projects.index(pk)):
                self._place(pk, emoji_set=self, set_position=place)

    def remove_all_projects(self) -> None:
        """Remove all projects, also those in the trash. In a transaction."""
        for pk in sorted(self.projects.values_list("pk", flat=True)):
            self._place(pk, emoji_set=None, set_position=0)

    def _place(self, pk: UUID, **values: Any) -> None:
        with revise(pk, also_trashed=True):
            Project.objects.filter(pk=pk).update(**values)


@receiver(post_delete, sender=Project)
def delete_empty_set(instance: Project, **_: object) -> None:
    """Delete a set with the last of its projects; of two that are deleted at once, one follows the other."""
    key = instance.emoji_set_id
    found = EmojiSet.objects.select_for_update().filter(pk=key).first() if key else None
    if found and not found.projects.exists():
        found.delete()
