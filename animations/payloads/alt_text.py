"""The words that go with an emoji: its owner's own, or until then a first draft from its motion."""

from __future__ import annotations

from animations.encode.graphemes import is_emoji, truncate
from animations.models import Pack, Project
from animations.motion.descriptions import DESCRIPTIONS, Description
from animations.translation import translated


def alt_text_of(project: Project) -> str:
    """Return what the emoji shows, for who cannot see it: "Chelsea jumping"."""
    if project.alt_text is not None:
        return project.alt_text
    name = _name_without_motion(project)
    drafted = _description(project)
    return truncate(translated(drafted.text).format(name=name) if drafted else name, Project.ALT_TEXT_LENGTH)


def tags_of(project: Project) -> list[str]:
    """Return the words and emoji by which it is found."""
    if project.tag_text is not None:
        return project.tag_text.splitlines()
    drafted = _description(project)
    return [drafted.emoji] if drafted else []


def emoji_tags_of(project: Project) -> list[str]:
    """Return the one to three emoji under which a store files it: those of its tags, or the one of its motion."""
    found = [tag for tag in tags_of(project) if is_emoji(tag)]
    drafted = _description(project)
    return found[: Pack.MAX_TAGS] or [drafted.emoji if drafted else "🙂"]


def _description(project: Project) -> Description | None:
    """Describe the first motion of the recipe; None for a clip's own."""
    layers = project.recipe.get("layers")
    return DESCRIPTIONS.get(layers[0]["motion"]) if layers else None


def _name_without_motion(project: Project) -> str:
    """Return what its picture is called; a name that nobody chose is "picture, motion", in its first language."""
    return project.name if project.has_own_name else project.name.split(", ")[0]
