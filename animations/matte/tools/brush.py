"""A stroke that keeps or erases what it covers, and stops at the picture's own edge beside its middle."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Mask, Picture, Plane
from animations.matte.layers import HALF, CannotRefine, Layers, window_of
from animations.matte.refine_tools import KEEP
from animations.matte.tools.grabcut import cut_by_marks
from animations.matte.tools.unmix import soften_edge

TOUCHED: Final = 0.02
"""Of a stroke's strength: less is nothing."""
CORE: Final = 0.5
"""Of the stroke's half width: so far from its rim everything is meant, whatever it looks like."""
MARGIN: Final = 32
"""px round a stroke, in which the colours of both sides are learned."""
NOTHING_DRAWN: Final = "The stroke is empty, or beside the picture."


def brush(layers: Layers, stroke: Picture, mode: str) -> Picture:
    """Return the cutout with what `stroke` covers kept or erased, up to the picture's edge.

    `stroke` is any size and as `read_stroke` takes it. Raises `CannotRefine` for an empty one.
    """
    strength = read_stroke(stroke, layers.alpha.shape)
    if not (strength > TOUCHED).any():
        raise CannotRefine(NOTHING_DRAWN)
    alpha = layers.alpha.copy()
    window = window_of(strength > TOUCHED, MARGIN)
    part, old, weight = np.ascontiguousarray(layers.rgb[window]), alpha[window], strength[window]
    target = _target(part, old, weight, keep=mode == KEEP)
    alpha[window] = np.rint(old * (1 - weight) + target * weight).astype(np.uint8)
    return layers.cut(alpha)


def read_stroke(stroke: Picture, shape: tuple[int, ...]) -> Plane:
    """Return a stroke's strength in [0,1] at each pixel of a picture of this shape.

    Of grey its level, of colours their mean, each times its alpha: a canvas has no other way to say it.
    """
    pixels = stroke if stroke.ndim == 3 else stroke[..., None]
    strength = pixels.astype(np.float32) / 255
    has_alpha = strength.shape[2] in (2, 4)
    light = strength[..., :-1] if has_alpha else strength
    plane = light.mean(axis=2) * (strength[..., -1] if has_alpha else 1)
    resized: Plane = cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return resized


def _target(rgb: Picture, old: Alpha, strength: Plane, *, keep: bool) -> Alpha:
    """Return the alpha where the stroke is at its full strength."""
    opaque, covered = old >= HALF, strength > HALF / 255
    core = _core(covered if covered.any() else strength > TOUCHED)
    nothing = np.zeros_like(core)
    if keep:
        mask = opaque | cut_by_marks(rgb, opaque | covered, core, nothing)
    else:
        mask = opaque & cut_by_marks(rgb, opaque & ~covered, nothing, core)
    soft = np.rint(255 * soften_edge(rgb, mask)).astype(np.uint8)
    soft[core] = 255 if keep else 0  # within a thin stroke the edge's softness would reach its middle
    target: Alpha = np.maximum(old, soft) if keep else np.minimum(old, soft)
    return target


def _core(covered: Mask) -> Mask:
    """Return the middle of a stroke: what is further from its rim than a share of its half width."""
    depth = cv2.distanceTransform(np.pad(covered, 1).view(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1]
    core: Mask = depth > CORE * depth.max()
    return core
