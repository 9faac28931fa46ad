"""Draw a project's frames by warping one cutout after a recipe. No GPU."""

from __future__ import annotations

from typing import Any

from animations.imaging.arrays import Picture
from animations.models import Frame, Project
from animations.motion.recipe import read_recipe
from animations.motion.rendering.renderer import Renderer


def renderer_for(project: Project, cutout: Picture) -> Renderer:
    """Set up the renderer that shows a cutout (H×W×4 straight RGBA) in the project's size and framing.

    Beside the motions of the set that it was made in, all share scale and ground line.
    """
    beside = [read_recipe(recipe) for recipe in project.set_recipes]
    return Renderer(cutout, project.size, whole=project.framing == Project.Framing.WHOLE, beside=beside)


def draw_frame(renderer: Renderer, frame: Frame, recipe: dict[str, Any]) -> Picture:
    """Draw a frame's moment of the motion."""
    return renderer.render(read_recipe(recipe), frame.phase)


def draw_fitted(renderer: Renderer, frame: Frame, recipe: dict[str, Any]) -> Picture:
    """Draw the same moment with another recipe, its position and scale blended with the neighbours' track."""
    track = neighbours_track(frame) or recipe
    return renderer.render(read_recipe(recipe), frame.phase, near=read_recipe(track))


def neighbours_track(frame: Frame) -> dict[str, Any] | None:
    """Return the recipe that the neighbours of a frame follow: the one before, else the one after.

    None where they have no picture, or the frame is not in the loop any more.
    """
    loop = list(frame.project.current_frames().select_related("chosen"))
    index = next((at for at, other in enumerate(loop) if other.pk == frame.pk), None)
    if index is None:
        return None
    neighbours = (loop[index - 1], loop[(index + 1) % len(loop)])
    return next((dict(other.chosen.recipe) for other in neighbours if other.chosen), None)
