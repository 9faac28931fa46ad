"""Frames by warping one cutout: a recipe says where every pixel is at the moment t of the loop. No GPU."""

from __future__ import annotations

from typing import Any

from animations.imaging.arrays import Picture
from animations.motion.recipe import read_recipe
from animations.motion.rendering.render import Stage


class Generator:
    """Draws the frames of one project. `cutout` is H×W×4 straight RGBA; frames are size×size×4 straight RGBA.

    What the cutout shows is fitted to the frames, or, with `whole`, all of it.
    """

    def __init__(self, cutout: Picture, size: int, *, whole: bool = False) -> None:
        self._stage = Stage(cutout, size, whole=whole)

    def draw(self, recipe: dict[str, Any], index: int, count: int) -> Picture:
        """Frame `index` of a loop of `count`: t = index / count, so that the last leads into the first."""
        return self._stage.render(read_recipe(recipe), index / count)

    def redraw(self, recipe: dict[str, Any], index: int, count: int, neighbours: dict[str, Any]) -> Picture:
        """The same moment with another recipe, its position and scale blended with the neighbours' track."""
        return self._stage.render(read_recipe(recipe), index / count, near=read_recipe(neighbours))
