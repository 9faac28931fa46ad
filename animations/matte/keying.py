"""Keying a picture that stands on white: the white that is reached from the border goes, the edge is unmixed.

White inside the subject stays, because it is not reached from the border; so do pockets of background that the
subject encloses.
"""

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Colour, Colours, Mask, Picture, Plane
from animations.matte.background.white_border import WHITE_FROM

MIN_TOLERANCE, MAX_TOLERANCE = 6, 28
BAND, SHARP_BAND = 3, 2
SHARP = 8  # levels: where the pixels behind a narrow band differ no more from those behind a wide one, all are pure
LIKE_WHITE = 30
_SAMPLED = 7  # every 7th pixel is enough for a median of all


def key_white(rgb: Picture, tolerance: float | None = None) -> Alpha:
    """Key out the white, or nearly white, background of `rgb` (H×W×3 uint8), and return the H×W uint8 alpha.

    What lies within a tolerance of the border's colour and is connected to the border is background; the tolerance
    is the border's own noise, unless another is given. In the two or three pixels beside it alpha is how far the
    pixel has come from white towards the nearest colour that is surely the subject's, (C−W)·(F−W)/|F−W|²; a subject
    like white itself is opaque.
    """
    border = _border(rgb)
    white = _white(border)
    away = colour_distance(rgb, white)
    within = noise_tolerance(colour_distance(border, white)) if tolerance is None else tolerance
    strong_from = max(LIKE_WHITE, within, 3 * min(within, MAX_TOLERANCE))
    return key_colour(rgb, white, _reached(away <= within), away, strong_from)


def key_colour(rgb: Picture, colour: Colour, outside: Mask, away: Plane, strong_from: float) -> Alpha:
    """Return the H×W uint8 alpha of `rgb` whose background of this `colour` is `outside` (H×W), its edge unmixed.

    `away` (H×W) is how far each pixel is from `colour`; from `strong_from` on it is surely no background.
    """
    outside = _without_specks(outside, (away >= strong_from) | (_depth(~outside) > BAND))
    sure = _sure(outside, away, strong_from, _edge_width(rgb, _depth(~outside)))
    alpha = np.where(outside, np.uint8(0), np.uint8(255))
    edge = ~outside & ~sure
    alpha[edge] = _unmixed(rgb, colour, sure, edge)
    return alpha


def remove_white(rgb: Picture, alpha: Alpha) -> Picture:
    """Cut `rgb` (H×W×3 uint8) by `alpha`, as `key_white` has found it, to H×W×4 straight RGBA.

    The white that is mixed into soft pixels is taken out. RGB is 0 under alpha 0.
    """
    cut = np.dstack([rgb, alpha])
    cut[alpha == 0] = 0
    soft = (alpha > 0) & (alpha < 255)
    if soft.any():
        part = np.divide(alpha[soft], 255, dtype=np.float32)
        cut[soft, :3] = estimate_foreground(rgb, alpha == 255, soft, part, background_colour(rgb, alpha))
    return cut


def estimate_foreground(rgb: Picture, opaque: Mask, soft: Mask, part: Plane, background: Colour) -> Picture:
    """Estimate the foreground's colours (n×3 uint8) in the pixels of `soft`, in order, of which it is `part` (n).

    Each gets the colour F of the nearest sure pixel among `opaque`, and alpha times what the compositing equation
    leaves over, (C−alpha·F−(1−alpha)·W): laid on the same background it looks as it came. To solve the equation for F
    would be exact without noise, and makes the edge of a JPEG twice as wrong.
    """
    if not opaque.any():
        return rgb[soft]
    share = part[:, None]
    near = _nearest(rgb, _pure(opaque), soft)
    left_over = rgb[soft] - share * near - (1 - share) * background
    found: Picture = np.rint(np.clip(near + share * left_over, 0, 255)).astype(np.uint8)
    return found


def background_colour(rgb: Picture, alpha: Alpha) -> Colour:
    """Return the background's colour: the median of what `alpha` has removed, else of the border's pale pixels."""
    background = rgb[alpha == 0][::_SAMPLED]
    middle: Colour = np.median(background, axis=0).astype(np.float32) if len(background) else _white(_border(rgb))
    return middle


def background_tolerance(rgb: Picture, alpha: Alpha) -> float:
    """Return the distance up to which a colour counts as that background, from its own noise."""
    background = rgb[alpha == 0][::_SAMPLED]
    return noise_tolerance(
        colour_distance(background if len(background) else _border(rgb), background_colour(rgb, alpha))
    )


def _border(rgb: Picture) -> Picture:
    """Return the pixels of the outermost ring (a hundredth of the shorter side, at least 1 px), n×3."""
    width = max(1, min(rgb.shape[:2]) // 100)
    sides = (rgb[:width], rgb[-width:], rgb[:, :width], rgb[:, -width:])
    return np.concatenate([side.reshape(-1, 3) for side in sides])


def _white(border: Picture) -> Colour:
    """Return the median of the border's pale pixels, so that a subject cut by the border does not count."""
    pale = border[border.min(axis=1) >= WHITE_FROM]
    middle: Colour = np.median(pale if len(pale) else border, axis=0).astype(np.float32)
    return middle


def colour_distance(pixels: Picture, white: Colour) -> Plane:
    """Return each pixel's distance from `white`: the largest difference of a channel, in grey levels."""
    furthest = np.zeros(pixels.shape[:-1], np.float32)
    for channel, level in enumerate(white):
        np.maximum(furthest, np.abs(pixels[..., channel] - level), out=furthest)
    return furthest


def noise_tolerance(border_away: Plane) -> float:
    """Return the distance up to which a pixel counts as background, from the noise of the border's own."""
    background = border_away[border_away <= MAX_TOLERANCE]
    noise = float(np.quantile(background, 0.99)) if len(background) else 0.0
    return min(max(MIN_TOLERANCE, 4 + 1.5 * noise), MAX_TOLERANCE)


def _reached(like_white: Mask) -> Mask:
    """Return the part of `like_white` that is connected to the border."""
    padded = np.pad(like_white, 1, constant_values=True).astype(np.uint8)
    _, labels = cv2.connectedComponents(padded, connectivity=4)
    reached: Mask = labels[1:-1, 1:-1] == labels[0, 0]
    return reached


def _without_specks(outside: Mask, strong: Mask) -> Mask:
    """Add to `outside` the islands in it that hold nothing `strong`: noise, not things."""
    count, labels = cv2.connectedComponents((~outside).astype(np.uint8), connectivity=8)
    things = np.zeros(count, bool)
    things[labels[strong]] = True
    cleaned: Mask = ~things[labels] | outside
    return cleaned


def _edge_width(rgb: Picture, depth: Plane) -> int:
    """Return how many pixels inside the edge may be mixed with the background: fewer where it is sharp.

    A colour from further inside is a worse guess; one that is mixed itself, as in a JPEG, is the worst.
    """
    ring, inside = (depth > SHARP_BAND) & (depth <= BAND), depth > BAND
    if not ring.any() or not inside.any():
        return BAND
    return SHARP_BAND if np.median(np.abs(rgb[ring] - _nearest(rgb, inside, ring)).max(axis=1)) <= SHARP else BAND


def _sure(outside: Mask, away: Plane, strong_from: float, band: int) -> Mask:
    """Find the subject's own colour: deeper inside than the band, and along the middle of thin parts."""
    sure: Mask = _depth(~outside) > band
    thin = ~outside & (_depth(~sure) > 2 * band)
    peak = away >= cv2.dilate(away, np.ones((2 * band + 1, 2 * band + 1), np.uint8))
    sure |= thin & peak & (away >= strong_from)
    return sure


def _depth(mask: Mask) -> Plane:
    """Return the distance in px of each pixel of `mask` from the nearest one that is not in it."""
    depth: Plane = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    return depth


def _unmixed(rgb: Picture, white: Colour, sure: Mask, edge: Mask) -> Alpha:
    """Return the alpha of the pixels in `edge`, in order, each unmixed between white and the nearest sure colour."""
    if not sure.any():
        return np.full(int(edge.sum()), 255, np.uint8)
    towards = _nearest(rgb, sure, edge) - white
    length = np.square(towards).sum(axis=1)
    alpha = ((rgb[edge] - white) * towards).sum(axis=1) / np.maximum(length, 1)
    alpha[np.abs(towards).max(axis=1) < LIKE_WHITE] = 1
    unmixed: Alpha = np.rint(np.clip(alpha, 0, 1) * 255).astype(np.uint8)
    return unmixed


def _pure(opaque: Mask) -> Mask:
    """Return the opaque pixels without a soft neighbour, for a JPEG mixes them; where a part is thin, all."""
    pure: Mask = _depth(opaque) > 2
    return pure | (opaque & (_depth(~pure) > 2 * BAND))


def _nearest(rgb: Picture, among: Mask, at: Mask) -> Colours:
    """Return the colour of the pixel of `among` that is nearest to each pixel of `at`, in their order, n×3."""
    _, labels = cv2.distanceTransformWithLabels(
        (~among).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colours = np.zeros((int(labels.max()) + 1, 3), np.float32)
    colours[labels[among]] = rgb[among]
    nearest: Colours = colours[labels[at]]
    return nearest
