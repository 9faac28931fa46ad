"""Change what a project is called, how it is found and told, and which frame stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from animations.actions.errors import ActionError
from animations.models import Frame, Project
from animations.models.transitions import revise


class Changes(TypedDict, total=False):
    """The new values of a project; a key that is left out stays as it is."""

    name: str
    tags: Sequence[str]
    alt_text: str
    poster: int | None
    """The index of a frame; None for the first one."""


def edit(project: Project, changes: Changes) -> Project:
    """Make all of the changes, or none.

    Raises `ActionError` for an empty or overlong text, too many tags, or a frame that is not there or has no picture.
    """
    columns: dict[str, Any] = {}
    if "name" in changes:
        columns |= {"name": _name(changes["name"]), "has_own_name": True}
    if "tags" in changes:
        columns["tag_text"] = "\n".join(_tags(changes["tags"]))
    if "alt_text" in changes:
        columns["alt_text"] = _alt_text(changes["alt_text"])
    with revise(project.pk) as revision:
        project.refresh_from_db()
        if "poster" in changes:
            columns["poster"] = _poster(project, changes["poster"], revision)
        project.edit(**columns)
    return project


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= Project.NAME_LENGTH:
        raise ActionError("invalid", f"A name has 1 to {Project.NAME_LENGTH} characters.", "name")
    return name


def _tags(tags: Iterable[str]) -> list[str]:
    """Return the tags in their order, each once."""
    once: dict[str, str] = {}
    for tag in filter(None, (" ".join(tag.split()) for tag in tags)):
        once.setdefault(tag.casefold(), tag)
    if len(once) > Project.MAX_TAGS or any(len(tag) > Project.TAG_LENGTH for tag in once.values()):
        detail = f"At most {Project.MAX_TAGS} tags of {Project.TAG_LENGTH} characters each."
        raise ActionError("invalid", detail, "tags")
    return list(once.values())


def _alt_text(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > Project.ALT_TEXT_LENGTH:
        detail = f"A description has at most {Project.ALT_TEXT_LENGTH} characters."
        raise ActionError("invalid", detail, "alt_text")
    return text


def _poster(project: Project, index: int | None, revision: int) -> Frame | None:
    """Return the frame at `index`, and stamp what becomes or was the poster: files begin with another frame now."""
    frame = None
    if index is not None:
        frame = project.current_frames().filter(index=index).first()
        if frame is None:
            raise ActionError("does_not_exist", f"This emoji has no frame {index}.", "poster")
        if frame.chosen_id is None:
            raise ActionError("not_ready", "A frame without a picture cannot be the still.", "poster", status=409)
    if (key := frame.pk if frame else None) != project.poster_id:
        project.frames.filter(pk__in=[key or project.poster_id]).update(revision=revision)
    return frame
