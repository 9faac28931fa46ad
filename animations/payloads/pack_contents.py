"""The stickers of a pack: a set's emoji in their order, each with its loop, its emoji and its text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from animations.encode.graphemes import is_emoji
from animations.encode.packs.manifest import Words
from animations.encode.packs.store import Store
from animations.encode.packs.table import STORES
from animations.encode.platforms import limits
from animations.models import Project, platforms_in_use
from animations.models.loop import ChosenLoop, chosen_loops
from animations.payloads.alt_text import alt_text_of, emoji_tags_of


@dataclass(frozen=True, slots=True)
class PackMember:
    """An emoji of the set as its sticker shows it."""

    project: Project
    shown: ChosenLoop
    words: Words


def store_in_use(slug: str) -> Store:
    """Return a store whose stickers keep the rules of their platform as they are now."""
    return replace(STORES[slug], rules=platforms_in_use()[slug])


def members_of(projects: Sequence[Project], tags: Sequence[str]) -> list[PackMember]:
    """Read what each sticker shows now, in one query; `tags` are the emoji of those whose owner has named none."""
    loops = chosen_loops(projects)
    return [PackMember(each, loop, words_of(each, tags)) for each, loop in zip(projects, loops, strict=True)]


def words_of(project: Project, tags: Sequence[str] = ()) -> Words:
    """Return the emoji that stand for a project, and its alternative text."""
    named = [tag for tag in (project.tag_text or "").splitlines() if is_emoji(tag)]
    emoji = named or list(tags) or emoji_tags_of(project)
    return Words(project.name, tuple(emoji), alt_text_of(project) or project.name)


def digest_of(members: Sequence[PackMember], store: Store, *texts: str) -> str:
    """Return a digest that two packs share only if they are the same.

    Words that are drafted depend on the language of who reads them, and so only those of the owner count.
    """
    rows = [_own(each) for each in members]
    return hashlib.sha256(json.dumps([store.slug, limits(store.platform), texts, rows]).encode()).hexdigest()


def _own(member: PackMember) -> list[object]:
    project = member.project
    return [
        str(project.pk),
        member.shown.digest,
        project.finish,
        project.name,
        project.alt_text,
        project.tag_text,
    ]
