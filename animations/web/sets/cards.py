"""The sets among a person's emojis, in a fixed number of queries."""

from __future__ import annotations

from typing import Any, Final, TypedDict
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from animations.actions.projects.search import MAX_WORDS, ProjectSearch
from animations.models import EmojiSet, Project
from animations.models.sets.emoji_set import EmojiSetQuerySet
from animations.payloads import Still, stills_of
from animations.web.finish import card_setup

MOST: Final = 24
"""Sets that are shown at once: the newest."""


class SetLink(TypedDict):
    """One set in the list."""

    id: UUID
    name: str
    count: int
    thumbnail_url: str
    finish: str
    """As JSON, what its still is drawn with; "" for nothing."""


def set_links(user: AbstractBaseUser | AnonymousUser, search: ProjectSearch) -> list[SetLink]:
    """Return the user's newest sets whose names hold the words of a search; none where more is asked for."""
    if search != ProjectSearch(q=search.q):
        return []
    sets = EmojiSet.objects.visible_to(user)
    for word in search.q.split()[:MAX_WORDS]:
        sets = sets.filter(name__icontains=word)
    return _links(list(_with_members(sets).newest_first()[:MOST]))


def _with_members(sets: EmojiSetQuerySet) -> EmojiSetQuerySet:
    """Count each set's emojis as `count`, and read the one that stands for it as `face`."""
    first = Project.objects.filter(emoji_set=OuterRef("pk"), trashed_at=None).order_by("set_position", "pk")
    cover = Project.objects.filter(pk=OuterRef("cover_id"), trashed_at=None)
    face = Coalesce(Subquery(cover.values("pk")[:1]), Subquery(first.values("pk")[:1]))
    return sets.annotate(count=Count("projects", filter=Q(projects__trashed_at=None)), face=face)


def _links(rows: list[Any]) -> list[SetLink]:
    faces = [row.face for row in rows]
    stills, finishes = stills_of(faces), dict(Project.objects.filter(pk__in=faces).values_list("pk", "finish"))
    return [
        {
            "id": row.pk,
            "name": row.name,
            "count": row.count,
            "thumbnail_url": _address(stills.get(row.face)),
            "finish": card_setup(finishes.get(row.face)),
        }
        for row in rows
    ]


def _address(still: Still | None) -> str:
    return reverse("candidate-preview", args=[still.candidate]) if still else ""
