"""The cards of the grid of emojis, in a fixed number of queries a page."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext

from animations.actions.projects.search import ProjectSearch
from animations.models import Project
from animations.payloads import Still, stills_of, tags_of
from animations.translation import translated
from animations.web import finish

PER_PAGE = 24


class Card(TypedDict):
    """One emoji in the grid."""

    id: UUID
    name: str
    tags: list[str]
    status: str
    motion: str
    frame_count: int
    pixel_art: bool
    thumbnail_url: str
    finish: str
    """As JSON, what its still is drawn with; "" for nothing."""


def page_of_projects(
    user: AbstractBaseUser | AnonymousUser, search: ProjectSearch, number: str | None
) -> Page[Project]:
    """Return one page of the user's emojis that are searched for, newest first."""
    projects = search.find(user).select_related("source", "preset")
    return Paginator(projects, PER_PAGE).get_page(number)


def cards_of(page: Page[Project]) -> list[Card]:
    """Return the page's cards."""
    projects = list(page.object_list)
    stills = stills_of([project.pk for project in projects])
    return [_card(project, stills.get(project.pk)) for project in projects]


def _card(project: Project, still: Still | None) -> Card:
    url = reverse("candidate-preview", args=[still.candidate]) if still else None
    return {
        "id": project.pk,
        "name": project.name,
        "tags": tags_of(project),
        "status": project.status,
        "motion": _motion(project),
        "frame_count": project.frame_count,
        "pixel_art": project.is_pixel_art,
        "thumbnail_url": url or reverse("source-file", args=[project.source.pk, "picture"]),
        "finish": finish.card_setup(project.finish) if url else "",
    }


def _motion(project: Project) -> str:
    if project.generator == Project.Generator.CLIP:
        return gettext("Its own motion")
    return translated(project.preset.name) if project.preset else project.prompt
