"""Name a project after its picture and its motion, until its owner names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from animations.encode.graphemes import truncate
from animations.models import Preset, Project
from animations.translation import translated, translated_motion, without_notes

MOTION_LENGTH: Final = 40


def first_name(stem: str, given: str | None, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a new project's name: the one that its owner gave, or its file's with the motion."""
    if given is not None:
        return {"name": given, "has_own_name": True}
    return {"name": _join(stem, motion_label(columns))}


def next_name(project: Project, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a project's name once it gets the columns of another generation."""
    if "name" in columns:
        return {"has_own_name": True}
    old = motion_label(vars(project) | {"preset": project.preset})
    if project.has_own_name or "recipe" not in columns or not project.name.endswith(f", {old}" if old else ""):
        return {}
    return {"name": _join(project.name.removesuffix(f", {old}"), motion_label(columns))}


def stem_of(project: Project) -> str:
    """Return what a project's picture is called: its name without its motion."""
    motion = motion_label(vars(project) | {"preset": project.preset})
    return project.name.removesuffix(f", {motion}") if motion and not project.has_own_name else project.name


def motion_label(columns: Mapping[str, Any]) -> str:
    """Return a motion in few words: its preset's name, or how the words were understood; "" for a clip's own.

    The words are in the language of who asks: a name is theirs from then on.
    """
    preset: Preset | None = columns.get("preset")
    words = without_notes(columns.get("understood_as", ""))
    label = translated(preset.name).lower() if preset else translated_motion(words)
    return truncate(label, MOTION_LENGTH)


def _join(stem: str, motion: str) -> str:
    if not motion:
        return stem
    return f"{truncate(stem, Project.NAME_LENGTH - len(motion) - 2)}, {motion}"
