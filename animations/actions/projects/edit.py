"""Give a project another name or tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from animations.actions.errors import ActionError
from animations.models import Project

MAX_TAGS: Final = 12
TAG_LENGTH: Final = 30


def rename(project: Project, name: str) -> Project:
    """Give the project another name. Raises `ActionError` for an empty or overlong one."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= Project.NAME_LENGTH:
        raise ActionError("invalid", f"A name has 1 to {Project.NAME_LENGTH} characters.", "name")
    project.rename(name)
    return project


def set_tags(project: Project, tags: Sequence[str]) -> Project:
    """Give the project these tags in place of others, each once.

    Raises `ActionError` for too many, or an overlong one.
    """
    once: dict[str, str] = {}
    for tag in filter(None, (" ".join(tag.split()) for tag in tags)):
        once.setdefault(tag.casefold(), tag)
    if len(once) > MAX_TAGS or any(len(tag) > TAG_LENGTH for tag in once.values()):
        raise ActionError("invalid", f"At most {MAX_TAGS} tags of {TAG_LENGTH} characters each.", "tags")
    project.set_tags(once.values())
    return project
