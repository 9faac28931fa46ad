"""Find a person's projects by their words and by what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from animations.encode.platforms import PLATFORMS
from animations.models import Export, Project
from animations.models.querysets.projects import ProjectQuerySet

MAX_WORDS: Final = 10
KINDS: Final = (("drawn", "Drawn motion"), ("clip", "Own motion of a clip"))
PLACES: Final = ("name", "prompt", "understood_as", "preset__name", "tag_text")
"""The fields in which words are looked for."""
CHOICES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "status": tuple((value, str(label)) for value, label in Project.Status.choices),
    "platform": tuple((one.slug, one.label) for one in PLATFORMS.values()),
    "kind": KINDS,
}
"""The values that each filter may have, with their labels."""


@dataclass(frozen=True, slots=True)
class ProjectSearch:
    """A search: words, all of which must be found, and filters; "" lets everything through."""

    q: str = ""
    status: str = ""
    platform: str = ""
    """One for which a file was made."""
    kind: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read a search from an address; a filter with a value that is none is left out, and NUL is no letter."""
        sent = {field.name: query.get(field.name, "").replace("\0", " ").strip() for field in fields(cls)}
        known = {name: sent[name] for name, choices in CHOICES.items() if sent[name] in dict(choices)}
        return cls(q=sent["q"], **known)

    @property
    def is_empty(self) -> bool:
        """True where it lets everything through."""
        return self == type(self)()

    def find(self, user: AbstractBaseUser | AnonymousUser) -> ProjectQuerySet:
        """Return the user's projects that fit, newest first."""
        projects = Project.objects.visible_to(user)
        for word in self.q.split()[:MAX_WORDS]:
            projects = projects.filter(_is_found(word))
        if self.status:
            projects = projects.filter(status=self.status)
        if self.platform:
            projects = projects.filter(Exists(_exports_for(self.platform)))
        if self.kind:
            projects = projects.filter(Q(generator=Project.Generator.CLIP, _negated=self.kind != "clip"))
        return projects.newest_first()


def _is_found(word: str) -> Q:
    found = Q()
    for place in PLACES:
        found |= Q(**{f"{place}__icontains": word})
    return found


def _exports_for(platform: str) -> QuerySet[Export]:
    done = Export.objects.requested().filter(status=Export.Status.SUCCEEDED)
    return done.filter(project=OuterRef("pk"), platform=platform)
