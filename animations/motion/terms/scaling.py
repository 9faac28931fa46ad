"""Motions that change size."""

from animations.motion.keyframes import channel
from animations.motion.motion_def import MotionDef

SCALING = (
    MotionDef(
        "pulse",
        "pulse",
        "scaling",
        (channel("grow", (0, 0), (0.5, 0.17)),),
        synonyms=("throb", "pump", "pulsate", "pulsation"),
        tags=("attention",),
    ),
    MotionDef(
        "heartbeat",
        "heartbeat",
        "scaling",
        (channel("grow", (0, 0), (0.16, 0.19), (0.34, 0.02), (0.5, 0.15), (0.78, 0)),),
        synonyms=("heart beat", "beat", "lub dub", "palpitate"),
        tags=("love",),
    ),
    MotionDef(
        "zoom",
        "zoom",
        "scaling",
        (channel("grow", (0, 0), (0.58, 0.36)),),
        synonyms=("scale", "magnify", "close up", "dolly"),
        directed=(
            ("grow", "in"),
            ("grew", "in"),
            ("enlarge", "in"),
            ("shrink", "out"),
            ("shrank", "out"),
            ("shrunk", "out"),
        ),
        tags=("dramatic",),
        directions=("in", "out"),
        easing="ease-in-out-sine",
    ),
    MotionDef(
        "pop",
        "pop",
        "scaling",
        (
            channel("grow", (0.04, 0), (0.3, -0.75), (0.5, 0.2), (0.68, -0.07), (0.84, 0.025)),
            channel("turn", (0.1, 0), (0.3, -7), (0.5, 3), (0.7, 0)),
        ),
        synonyms=("pop up", "pop in", "pop out", "burst", "appear"),
        tags=("surprise", "entrance"),
        mirrors=True,
    ),
)
