"""Motions that bend the picture itself. Fields and their sizes are in `fields`."""

from animations.motion.keyframes import channel
from animations.motion.motion_def import MotionDef

BENDING = (
    MotionDef(
        "wave",
        "wave",
        "bending",
        (channel("bend", (0, 1, "linear")),),
        synonyms=(
            "undulate",
            "flutter",
            "swim",
            "wavy",
            "swimming",
        ),
        tags=("water", "dreamy"),
        bend="wave",
        mirrors=True,
    ),
    MotionDef(
        "ripple",
        "ripple",
        "bending",
        (channel("bend", (0, 0.35), (0.5, 1)),),
        synonyms=("water drop", "pond", "underwater"),
        tags=("water",),
        directions=("out", "in"),
        bend="ripple",
    ),
    MotionDef(
        "twist",
        "twist",
        "bending",
        (channel("bend", (0.25, 1), (0.75, -1)),),
        synonyms=("swirl", "whirlpool", "vortex", "warp", "curl"),
        tags=("dizzy",),
        directions=("clockwise", "counterclockwise"),
        bend="twist",
        mirrors=True,
    ),
)
