"""The background's colour taken out of the edge, so that a cutout shows no rim of it on another background."""

from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Colours, Mask, Picture

FAR: Final = 90  # px: how far a colour may be carried at all
NEAR: Final = 6  # px: the neighbourhood that decides what a colour is
_COARSE: Final = 4
_STRIP: Final = 64
_PURITY: Final = 3  # a half-mixed pixel says little of either colour; by plain weights a glow keeps its background's
_TINY: Final = np.float32(1e-5)


def decontaminate_edge(rgb: Picture, alpha: Alpha, own: Alpha | None = None) -> Picture:
    """Cut `rgb` (H×W×3 uint8) by the matte `alpha` (H×W uint8) to H×W×4 straight RGBA, its edge free of background.

    `own` is the alpha that the picture came with: what was clear stays so, and what was soft keeps its colour, for
    no background is mixed into it. Opaque pixels keep their colour exactly; RGB is 0 under alpha 0. Where the matte
    alone made a pixel soft, the foreground's colour is estimated by M. Forte, "Approximate Fast Foreground Colour
    Estimation" (2021): colour and alpha are blurred, wide and then narrow, and the rest of the compositing equation
    is put on the foreground. The wide blur is taken at a quarter of the size, the narrow one in strips, so that
    memory stays small.
    Raises `ValueError` if the sizes differ.
    """
    if rgb.shape[:2] != alpha.shape:
        raise ValueError(f"picture {rgb.shape[:2]} and alpha {alpha.shape} differ in size")
    cut = stack_alpha(rgb, alpha if own is None else np.minimum(alpha, own))
    soft = (alpha > 0) & (alpha < 255)
    if own is not None:
        soft &= own == 255
    rows = np.flatnonzero(soft.any(axis=1))
    if len(rows):
        part = cut[..., 3].copy()
        far = _far_colours(rgb, part)
        for top in range(int(rows[0]), int(rows[-1]) + 1, _STRIP):
            _decontaminate_strip(cut, rgb, part, far, soft, top)
    return cut


def stack_alpha(rgb: Picture, alpha: Alpha) -> Picture:
    """Put `rgb` and `alpha` together as they are to H×W×4 straight RGBA, with RGB 0 under alpha 0."""
    cut = np.zeros((*alpha.shape, 4), np.uint8)
    np.copyto(cut[..., :3], rgb, where=(alpha > 0)[..., None])
    cut[..., 3] = alpha
    return cut


def _far_colours(rgb: Picture, alpha: Alpha) -> tuple[Colours, Colours]:
    """Estimate the foreground's and the background's colour from afar, at a quarter of the size, in [0,255].

    Unlike the paper, pixels are weighed by the cube of their part: halves the error in wide soft edges.
    """
    height, width = alpha.shape
    size = (max(1, width // _COARSE), max(1, height // _COARSE))
    part = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    colour = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    window = (2 * FAR // _COARSE + 1,) * 2
    return _mean_colour(colour, part**_PURITY, window), _mean_colour(colour, (1 - part) ** _PURITY, window)


def _mean_colour(colour: Colours, weight: Colours, window: tuple[int, int]) -> Colours:
    """Return the mean of `colour` (H×W×3) in a window round each pixel, weighted by `weight` (H×W×1)."""
    total = cv2.blur(colour * weight, window)
    mass = cv2.blur(weight, window)
    mean: Colours = total / (mass.reshape(*mass.shape[:2], 1) + _TINY)
    return mean


def _decontaminate_strip(
    cut: Picture, rgb: Picture, alpha: Alpha, far: tuple[Colours, Colours], soft: Mask, top: int
) -> None:
    """Write the estimated colour into the `soft` pixels of `cut` in the strip of rows that begins at `top`."""
    height = alpha.shape[0]
    bottom = min(top + _STRIP, height)
    rows = slice(max(0, top - NEAR), min(height, bottom + NEAR))
    part: Colours = alpha[rows].astype(np.float32)[..., None] / np.float32(255)
    colour = rgb[rows].astype(np.float32)
    foreground, background = (_rows_of(coarse, alpha.shape, rows) for coarse in far)
    foreground = _balanced(colour, part, foreground, background)
    window = (2 * NEAR + 1,) * 2
    near = _mean_colour(foreground, part, window)
    behind = _mean_colour(background, 1 - part, window)
    found = _balanced(colour, part, near, behind)[top - rows.start : bottom - rows.start]
    inside = soft[top:bottom]
    cut[top:bottom, :, :3][inside] = np.rint(found[inside]).astype(np.uint8)


def _rows_of(coarse: Colours, shape: tuple[int, ...], rows: slice) -> Colours:
    """Enlarge the given rows of `coarse` to `shape`, without the rest."""
    height, width = shape
    ys = np.clip((np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5) * coarse.shape[0] / height - 0.5, 0, None)
    xs = np.clip((np.arange(width, dtype=np.float32) + 0.5) * coarse.shape[1] / width - 0.5, 0, None)
    map_x, map_y = np.meshgrid(xs, ys)
    enlarged: Colours = cv2.remap(coarse, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return enlarged


def _balanced(colour: Colours, part: Colours, foreground: Colours, background: Colours) -> Colours:
    """Correct `foreground` by the residual of the compositing equation, clipped to [0,255]."""
    left_over = colour - part * foreground - (1 - part) * background
    balanced: Colours = np.clip(foreground + part * left_over, 0, 255)
    return balanced
