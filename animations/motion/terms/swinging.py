"""Motions that turn: to and fro, or all the way round."""

from animations.motion.keyframes import channel, full_turn_channel
from animations.motion.motion_def import MotionDef

_SIDES = ("right", "left")
_ROUND = ("clockwise", "counterclockwise")

SWINGING = (
    MotionDef(
        "wobble",
        "wobble",
        "swaying",
        (
            channel("turn", (0, 0), (0.15, -10), (0.32, 8), (0.49, -6), (0.66, 4), (0.83, -2)),
            channel("x", (0, 0), (0.15, -0.07), (0.32, 0.055), (0.49, -0.04), (0.66, 0.025), (0.83, -0.012)),
        ),
        synonyms=("wiggle", "waggle", "teeter", "unsteady", "tipsy"),
        tags=("funny", "lively"),
        anchor="bottom",
        mirrors=True,
    ),
    MotionDef(
        "sway",
        "sway",
        "swaying",
        (
            channel("turn", (0.25, 7), (0.75, -7)),
            channel("lean", (0.4, 4), (0.9, -4)),
        ),
        synonyms=("rock", "rocking", "lean", "tilt", "swayed", "lull"),
        tags=("calm", "gentle"),
        anchor="bottom",
        directions=_SIDES,
        mirrors=True,
    ),
    MotionDef(
        "swing",
        "swing",
        "swaying",
        (channel("turn", (0.25, -15), (0.75, 15)),),
        synonyms=("swung", "dangle", "pendulum", "hang", "wag"),
        tags=("playful",),
        anchor="top",
        directions=_SIDES,
        mirrors=True,
    ),
    MotionDef(
        "spin",
        "spin",
        "swaying",
        (full_turn_channel("turn"),),
        synonyms=("spun", "rotate", "turn", "turn around", "twirl", "whirl", "rotation", "pirouette", "spin around"),
        tags=("lively",),
        easing="linear",
        directions=_ROUND,
        mirrors=True,
    ),
    MotionDef(
        "flip",
        "flip",
        "swaying",
        (
            full_turn_channel("tilt"),
            channel("y", (0, 0), (0.5, 0.07)),
        ),
        synonyms=("coin flip", "card flip", "turn over", "flip over", "flip around"),
        tags=("surprise",),
        easing="ease-in-out-sine",
        directions=("right", "left", "up", "down"),
        mirrors=True,
    ),
    MotionDef(
        "roll",
        "roll",
        "travelling",
        (
            channel("turn", (0.25, 48), (0.75, -48)),
            channel("x", (0.25, 0.17), (0.75, -0.17)),
        ),
        synonyms=("tumble", "roll around", "rolling around"),
        tags=("playful",),
        directions=_SIDES,
        mirrors=True,
    ),
    MotionDef(
        "tada",
        "tada",
        "playful",
        (
            channel("grow", (0.03, 0), (0.17, -0.13), (0.36, 0.12), (0.72, 0.12), (0.96, 0)),
            channel("turn", (0.03, 0), (0.17, -5), (0.3, 6), (0.41, -6), (0.52, 6), (0.63, -6), (0.75, 4), (0.88, 0)),
        ),
        synonyms=("ta da", "voila", "celebrate", "reveal", "hooray"),
        tags=("celebrate", "surprise"),
        mirrors=True,
    ),
)
