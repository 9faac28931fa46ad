"""Half-transparent art for a format in which a pixel is there or not: GIF has one bit of alpha.

Everything is measured against the art's own levels. An animation's *body* is the alpha that the strongest third of
what shows reaches; what is about half as strong, or more, is made solid, and the rest is left out. So a hard subject
loses its shadow, and art that is translucent all over is kept whole. A frame that as a whole is weaker than the
others, as in a fade, is cut by its own body and *dissolved*: as many of its pixels stay as it has strength, evenly
spread (Bayer, "An optimum method for two-level rendition of continuous-tone pictures", 1973).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.encode.containers.gif.islands import mend_cut
from animations.encode.frames import fit_canvas
from animations.encode.visibility import VISIBLE_FROM
from animations.imaging.arrays import Alpha, Frame, Mask

BODY_SHARE: Final = 1 / 3
"""The part of all that shows, weighed by alpha, that is at least as strong as the body."""
PEAK_SHARE: Final = 0.02
"""The part of a frame's visible pixels that reaches its peak: a few bright ones are no level."""
FADED_BELOW: Final = 0.85
"""Of the animation's levels: a frame both whose peak and whose body are weaker is fading."""
MIN_DISSOLVED: Final = 0.25
"""However weak a frame is, this share of its pixels stays."""
CUT_BETWEEN: Final = (0.4, 0.65)
"""Of the body: a cut away from half of it, where that would run through an even tone and speckle it."""
TONE_SHARE: Final = 0.01
"""The part of all visible pixels that must have nearly one level to be an even tone."""
TONE_STANDS_OUT: Final = 3
"""An even tone has this many times the pixels of the emptier quarter of the levels around it, unlike an edge."""
_TONE: Final = 0.03  # of the body: how far apart levels of one tone are
WORTH_SAYING: Final = 0.01
"""Of what shows: less is an edge, not a loss."""
NO_SOFT: Final = "GIF has no half transparency"
_HALF_BELOW: Final = 192  # alpha: a pixel that loses a real part of its transparency when it is made solid
_AROUND: Final = np.ones((3, 3), np.uint8)
_BAYER: Final = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Level:
    """The strength of a frame or an animation, as alpha from 1 to 255."""

    body: int
    peak: int

    @classmethod
    def of(cls, counts: Counts) -> "Level":
        """Return the level of a histogram of alpha (256 counts of pixels)."""
        return cls(_reached(counts * np.arange(256), BODY_SHARE), _reached(counts, PEAK_SHARE))


@dataclass(frozen=True, slots=True)
class _Cut:
    """The cut of one frame: the alpha of its body, the share of that from which a pixel stays, and its strength."""

    level: float
    share: float
    strength: float


@dataclass(slots=True)
class Loss:
    """The loss to one bit of alpha: pixels, specks and frames, over all frames."""

    visible: int = 0
    left_out: int = 0
    made_solid: int = 0
    specks: int = 0
    dissolved: int = 0

    def words(self) -> list[str]:
        """Return what is worth saying of it, one plain sentence each."""
        said = []
        if self._share(self.left_out) >= WORTH_SAYING:
            share = self._percent(self.left_out)
            said.append(f"{NO_SOFT}: soft parts such as shadows and glows are left out ({share})")
        if self._share(self.made_solid) >= WORTH_SAYING:
            said.append(f"{NO_SOFT}: soft parts are made solid ({self._percent(self.made_solid)})")
        if self.dissolved:
            frames = "1 frame" if self.dissolved == 1 else f"{self.dissolved} frames"
            said.append(f"{NO_SOFT}: where it fades ({frames}), pixels go in an even pattern")
        if self.specks:
            said.append(f"faint specks beside the subject are dropped ({self.specks} over all frames)")
        return said

    def _share(self, pixels: int) -> float:
        return pixels / self.visible if self.visible else 0.0

    def _percent(self, pixels: int) -> str:
        return f"{100 * self._share(pixels):.0f} % of what shows"


def drawn_alpha(frame: Frame, width: int, height: int) -> Alpha | None:
    """Measure how opaque `frame` (H×W×4) is at most near each pixel of a `width` × `height` canvas it is shrunk to.

    None where it is not shrunk: its own alpha on the canvas says it.
    """
    shrinks = max(frame.shape[1] / width, frame.shape[0] / height)
    if shrinks <= 1:
        return None
    step, side = int(shrinks), 2 * round(shrinks) + 1
    widest = cv2.dilate(frame[..., 3], np.ones((side, side), np.uint8))[step // 2 :: step, step // 2 :: step]
    sampled = np.dstack([np.zeros((*widest.shape, 3), np.uint8), widest])
    return fit_canvas(sampled, width, height)[..., 3].copy()


def cut_to_one_bit(frames: list[Frame], drawn: Sequence[Alpha | None]) -> Loss:
    """Replace each of `frames`, in its place, by one whose pixels are opaque in their straight colour or all zero.

    Each frame (H×W×4 straight RGBA) shows something, before and after. `drawn` holds the `drawn_alpha` of each.
    """
    counts = [_counts(frame[..., 3]) for frame in frames]
    levels = [Level.of(count) for count in counts]
    whole = Level(Level.of(np.sum(counts, axis=0)).body, max(level.peak for level in levels))
    strengths = [_strength(level, whole) for level in levels]
    strong = np.sum([count for count, strength in zip(counts, strengths, strict=True) if strength == 1], axis=0)
    share = _cut_level(strong, whole.body) / whole.body
    loss = Loss()
    for index, strength in enumerate(strengths):
        frames[index] = _cut(frames[index], drawn[index], _Cut(whole.body * strength, share, strength), loss)
    return loss


def _counts(alpha: Alpha) -> Counts:
    counts = np.bincount(alpha.ravel(), minlength=256)
    counts[:VISIBLE_FROM] = 0
    return counts


def _reached(weights: Counts, share: float) -> int:
    """Return the highest level that `share` of the `weights` of all 256 levels reaches."""
    from_above = np.cumsum(weights[::-1])
    return max(1, 255 - int(np.searchsorted(from_above, share * from_above[-1])))


def _strength(level: Level, whole: Level) -> float:
    """Measure a frame against the animation, over 0 to 1: below 1 only if nothing in it is at full strength."""
    share = level.body / whole.body
    return share if share < FADED_BELOW and level.peak < FADED_BELOW * whole.peak else 1.0


def _cut_level(counts: Counts, body: int) -> int:
    """Return the alpha to cut at: half of `body`, or the nearest of the emptiest levels if an even tone lies there.

    A shadow of half strength is such a tone: cut through, it would come and go with every rounding.
    """
    half, reach = round(body / 2), round(_TONE * body)
    near = np.convolve(counts, np.ones(2 * reach + 1, np.int64), "same")
    least, most = (round(share * body) for share in CUT_BETWEEN)
    around = np.quantile(near[least : most + 1], 0.25)
    if near[half] < max(TONE_SHARE * counts.sum(), TONE_STANDS_OUT * around):
        return half
    return min(range(least, most + 1), key=lambda level: (near[level], abs(level - half), -level))


def _cut(frame: Frame, drawn: Alpha | None, how: _Cut, loss: Loss) -> Frame:
    alpha = frame[..., 3]
    kept = alpha >= max(VISIBLE_FROM, round(how.level * how.share))
    mended, specks = mend_cut(kept, alpha, alpha if drawn is None else drawn, how.level)
    kept = mended if mended.any() else kept
    loss.specks += specks
    _count_loss(alpha, kept, how.strength, loss)
    if how.strength < 1 and _has_inside(kept):
        loss.dissolved += 1
        kept &= _pattern(kept.shape, max(MIN_DISSOLVED, how.strength))
    cut: Frame = np.where(kept[..., None], frame, np.uint8(0))
    cut[..., 3] = np.where(kept, 255, 0)
    return cut


def _has_inside(kept: Mask) -> bool:
    """Return whether there is more to `kept` than lines: a pattern would break those."""
    return int(_inside(kept).sum()) > int(kept.sum()) / 4


def _inside(kept: Mask) -> Mask:
    inside: Mask = cv2.erode(kept.astype(np.uint8), _AROUND) > 0
    return inside


def _pattern(shape: tuple[int, ...], share: float) -> Mask:
    """Return an even pattern that sets `share` of all places; a larger share holds all places of a smaller."""
    height, width = shape
    tiled = np.tile((_BAYER + 0.5) / _BAYER.size, (-(-height // 4), -(-width // 4)))[:height, :width]
    pattern: Mask = tiled < share
    return pattern


def _count_loss(alpha: Alpha, kept: Mask, strength: float, loss: Loss) -> None:
    """Count what is more than a pixel away from what is kept, or inside it: edges are no loss."""
    visible = alpha >= VISIBLE_FROM
    beside = cv2.dilate(kept.astype(np.uint8), _AROUND) > 0
    loss.visible += int(visible.sum())
    loss.left_out += int((visible & ~beside).sum())
    if strength == 1:
        loss.made_solid += int((_inside(kept) & (alpha < _HALF_BELOW)).sum())
