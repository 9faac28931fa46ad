"""The definition of a motion as data, in units a designer can tune."""

from dataclasses import dataclass
from typing import Literal

from animations.motion.keyframes import Channel

Category = Literal["bouncy", "swaying", "travelling", "scaling", "bending", "colour", "playful"]
Bend = Literal["", "wave", "ripple", "twist", "jelly", "slices"]

ANCHORS = ("centre", "bottom", "top", "left", "right")


@dataclass(frozen=True)
class MotionDef:
    """One motion of the vocabulary.

    `channels` say what changes over a cycle, in these units (1 = the subject's longest side; up, right and
    clockwise are positive): `x` `y` travel · `turn` degrees about the anchor · `lean` degrees of skew over the
    anchor · `tilt` `tip` degrees about the upright and the level axis, in perspective · `grow` and `stretch` natural
    logarithms of size and of height (the width answers) · `bend` the strength of the `bend` field · `peek` the
    share hidden behind the ledge · `fade` the share of opacity lost · `glow` `rainbow` `split` of the colour effects.

    `directions` are those it can be told, the first its own; `synonyms` are other words for it, `directed` words
    that carry a direction with them ("shrink" is zoom, out). `easing` holds for keys that name none.
    `mirrors` says that its mirror image is as good a variation.
    """

    name: str
    label: str
    category: Category
    channels: tuple[Channel, ...]
    synonyms: tuple[str, ...] = ()
    directed: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    easing: str = "ease-in-out-sine"
    anchor: str = "centre"
    directions: tuple[str, ...] = ()
    bend: Bend = ""
    mirrors: bool = False
    amplitude: float = 1.0
    cycles: int = 1

    @property
    def is_full_turn(self) -> bool:
        """True if it goes round and round."""
        return self.channels[0].full_turn

    @property
    def degrees(self) -> float:
        """The angle of its turn: 360 for a whole one, the widest of a swing, 0 where it is not about turning."""
        first = self.channels[0]
        if first.name not in ("turn", "tilt", "tip"):
            return 0.0
        return max(abs(key.value) for key in first.keys)
