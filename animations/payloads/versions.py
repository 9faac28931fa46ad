"""The versions of a loop, and how they differ, as the API shows them."""

from __future__ import annotations

from typing import Any

from animations.models import Candidate, Project
from animations.motion.differences import describe_difference
from animations.motion.recipe import Recipe, RecipeError, read_recipe
from animations.payloads.revision_cache import RevisionCache
from animations.payloads.types import VersionPayload
from animations.translation import translated_motion

_kept: RevisionCache[list[VersionPayload]] = RevisionCache(5_000, lambda _versions: 1)


def version_list_payload(project: Project) -> list[VersionPayload]:
    """Describe the versions that the project's frames were generated in; all frames have the same recipes."""
    versions = _kept.get(project)
    if versions is None:
        versions = _describe(_recipes(project))
        _kept.put(project, versions)
    return versions


def _recipes(project: Project) -> dict[int, dict[str, Any]]:
    first = project.current_frames().filter(index=0)
    generated = Candidate.objects.filter(frame__in=first, origin=Candidate.Origin.GENERATED)
    return dict(generated.order_by("ordinal").values_list("ordinal", "recipe"))


def _describe(recipes: dict[int, dict[str, Any]]) -> list[VersionPayload]:
    read = {ordinal: _read(recipe) for ordinal, recipe in recipes.items()}
    first = next(iter(read.values()), None)
    return [
        {"ordinal": ordinal, "difference": _difference(first, recipe) if first and recipe else ""}
        for ordinal, recipe in read.items()
    ]


def _difference(first: Recipe, recipe: Recipe) -> str:
    return translated_motion(describe_difference(first, recipe))


def _read(recipe: dict[str, Any]) -> Recipe | None:
    """Read a recipe; that of a clip's frame names a moment of the clip, and no motion."""
    try:
        return read_recipe(recipe)
    except RecipeError:
        return None
