"""Apply a refine tool to a picture and its cutout, on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from animations.imaging.arrays import Picture
from animations.matte import keying
from animations.matte.background.classify import classify_background
from animations.matte.compose import compose_cutout, lay_on_white
from animations.matte.engines import NO_WHITE_BACKGROUND, Background
from animations.matte.engines import WHITE as WHITE_ENGINE
from animations.matte.layers import CannotRefine, Layers
from animations.matte.pockets import fill_hole, open_pocket, snap_to_pocket
from animations.matte.refine_tools import BRUSH, EDGE, EFFECTS, FILL, POCKET, POINTS, WHITE, Region
from animations.matte.specks import find_sparks
from animations.matte.subject import has_subject
from animations.matte.tools.brush import brush
from animations.matte.tools.edge_shift import adjust_edge
from animations.matte.tools.sparks import bring_back
from animations.matte.tools.taps import cut_by_taps

NOTHING_LEFT: Final = "This would leave nothing of the picture."


def key_out_white(layers: Layers, tolerance: int | None) -> Picture:
    """Return the picture without its plain white background. Raises `CannotRefine` where it has none."""
    picture = Image.fromarray(layers.rgba)
    if classify_background(picture) != Background.WHITE:
        raise CannotRefine(NO_WHITE_BACKGROUND)
    alpha = keying.key_white(lay_on_white(layers.rgb, layers.own), tolerance)
    return compose_cutout(WHITE_ENGINE, layers.rgb, alpha, layers.own)


@dataclass(frozen=True, slots=True)
class Hints:
    """What a tool may need beside its options: a decoded stroke, and the regions that were found in the matte."""

    stroke: Picture | None = None
    pockets: Sequence[Region] = ()
    sparks: Sequence[Region] = ()


Options = Mapping[str, Any]


def apply_tool(layers: Layers, options: Options, hints: Hints) -> Picture:
    """Return the new cutout (H×W×4 straight RGBA) that a tool makes of `layers`.

    `options` hold the `tool` and its options, as a job's params do. Raises `CannotRefine`, in words for the person.
    """
    cutout = TOOLS[options["tool"]](layers, options, hints)
    if not has_subject(cutout[..., 3]):
        raise CannotRefine(NOTHING_LEFT)
    return cutout


def _brush(layers: Layers, options: Options, hints: Hints) -> Picture:
    assert hints.stroke is not None
    return brush(layers, hints.stroke, options["mode"])


def _change_pocket(layers: Layers, options: Options, hints: Hints) -> Picture:
    at = options["x"], options["y"]
    if options["mode"] == FILL:
        return fill_hole(layers, at)
    return open_pocket(layers.cutout, snap_to_pocket(layers.cutout, hints.pockets, at))


def _bring_back(layers: Layers, options: Options, hints: Hints) -> Picture:
    at = None if options["x"] is None else (options["x"], options["y"])
    return bring_back(layers, hints.sparks or find_sparks(layers.rgb, layers.alpha), at)


TOOLS: Final[dict[str, Callable[[Layers, Options, Hints], Picture]]] = {
    POINTS: lambda layers, options, _: cut_by_taps(layers, options["points"], options["box"]),
    BRUSH: _brush,
    WHITE: lambda layers, options, _: key_out_white(layers, options["tolerance"]),
    POCKET: _change_pocket,
    EDGE: lambda layers, options, _: adjust_edge(
        layers, options["shift"], options["feather"], decontaminate=options["decontaminate"]
    ),
    EFFECTS: _bring_back,
}
"""How each tool is applied, but for `matte`, which needs an engine."""
