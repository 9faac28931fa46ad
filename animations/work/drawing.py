"""Draw a project's frames by warping one cutout after a recipe. No GPU."""

from __future__ import annotations

from typing import Any

from animations.imaging.arrays import Picture
from animations.models import Candidate, Project
from animations.motion.recipe import read_recipe
from animations.motion.rendering.renderer import Renderer


def renderer_for(project: Project, cutout: Picture) -> Renderer:
    """Set up the renderer that shows a cutout (H×W×4 straight RGBA) in the project's size and framing."""
    return Renderer(cutout, project.size, whole=project.framing == Project.Framing.WHOLE)


def draw_frame(renderer: Renderer, project: Project, index: int, recipe: dict[str, Any]) -> Picture:
    """Draw frame `index` of the loop: t = index / count, so that the last leads into the first."""
    return renderer.render(read_recipe(recipe), index / project.frame_count)


def draw_fitted(renderer: Renderer, project: Project, index: int, recipe: dict[str, Any]) -> Picture:
    """Draw the same moment with another recipe, its position and scale blended with the neighbours' track."""
    track = neighbours_track(project, index) or recipe
    return renderer.render(read_recipe(recipe), index / project.frame_count, near=read_recipe(track))


def chosen_candidates(project: Project) -> list[Candidate | None]:
    """Return the chosen candidate of each frame, in order."""
    return [frame.chosen for frame in project.current_frames().select_related("chosen")]


def neighbours_track(project: Project, index: int) -> dict[str, Any] | None:
    """Return the recipe that the neighbours of a frame follow: the one before, else the one after."""
    loop = chosen_candidates(project)
    for at in (index - 1, (index + 1) % len(loop)):
        chosen = loop[at]
        if chosen is not None:
            return dict(chosen.recipe)
    return None
