"""The rows behind the grid of emojis, in one query a page."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.db.models import F, OuterRef, QuerySet, Subquery, UUIDField
from django.urls import reverse

from animations.models import Frame, Project

PER_PAGE = 24


class Card(TypedDict):
    """What the grid shows of one emoji."""

    id: UUID
    name: str
    status: str
    motion: str
    frame_count: int
    pixel_art: bool
    thumbnail_url: str


def page_of_projects(user: AbstractBaseUser | AnonymousUser, number: str | None) -> Page[Project]:
    """One page of the user's emojis, newest first, each with `cover`: the first chosen candidate's key or None."""
    return Paginator(_with_cover(Project.objects.visible_to(user)), PER_PAGE).get_page(number)


def cards(page: Page[Project]) -> list[Card]:
    return [_card(project) for project in page.object_list]


def _with_cover(projects: QuerySet[Project]) -> QuerySet[Project]:
    frames = Frame.objects.filter(project=OuterRef("pk"), generation=OuterRef("generation"), chosen__isnull=False)
    first = Subquery(frames.order_by("index").values("chosen_id")[:1], output_field=UUIDField())
    rows = projects.select_related("source", "preset").annotate(cover=first)
    return rows.order_by(F("created_at").desc(), "-pk")


def _card(project: Project) -> Card:
    cover: UUID | None = getattr(project, "cover")  # noqa: B009  (an annotation, unknown to the type checker)
    url = reverse("candidate-preview", args=[cover]) if cover else None
    return {
        "id": project.pk,
        "name": project.name,
        "status": project.status,
        "motion": _motion(project),
        "frame_count": project.frame_count,
        "pixel_art": project.is_pixel_art,
        "thumbnail_url": url or reverse("source-file", args=[project.source.pk, "picture"]),
    }


def _motion(project: Project) -> str:
    if project.generator == Project.Generator.CLIP:
        return "Its own motion"
    return project.preset.name if project.preset else project.prompt
