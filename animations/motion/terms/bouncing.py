"""Motions with weight: they squash, stretch and leave the ground.

What leaves the ground is at its highest at t = 0: it is slow there, which is good for the seam, and in full shape,
which is good for the still that chats show. So a jump made anew in the loop of a bounce flies while the bounce flies.
"""

from animations.motion.keyframes import channel
from animations.motion.motion_def import MotionDef

BOUNCING = (
    MotionDef(
        "bounce",
        "bounce",
        "bouncy",
        (
            channel("y", (0, 0.26, "ease-in-quad"), (0.4, 0, "linear"), (0.6, 0, "ease-out-quad")),
            channel("stretch", (0, 0), (0.34, 0.08), (0.5, -0.18), (0.66, 0.08)),
        ),
        synonyms=("boing", "spring", "springy", "dribble", "trampoline"),
        tags=("happy", "lively"),
        anchor="bottom",
        directions=("up",),
    ),
    MotionDef(
        "jump",
        "jump",
        "bouncy",
        (
            channel("y", (0, 0.36, "ease-in-quad"), (0.32, 0, "linear"), (0.68, 0, "ease-out-quad")),
            channel(
                "stretch", (0, 0), (0.27, 0.1), (0.38, -0.18), (0.46, 0.03), (0.56, -0.2), (0.67, 0.14), (0.86, 0.02)
            ),
        ),
        synonyms=("hop", "leap", "vault", "jump up and down", "leapt", "skip"),
        tags=("happy", "excited"),
        anchor="bottom",
        directions=("up",),
    ),
    MotionDef(
        "squash",
        "squash",
        "bouncy",
        (channel("stretch", (0, 0), (0.3, -0.29), (0.54, 0.17), (0.74, -0.08), (0.88, 0.03)),),
        synonyms=("squish", "squishy", "squeeze", "flatten", "squash and stretch", "stretch", "press"),
        tags=("soft", "funny"),
        anchor="bottom",
    ),
    MotionDef(
        "rubber-band",
        "rubber band",
        "bouncy",
        (channel("stretch", (0, 0), (0.25, -0.26), (0.4, 0.24), (0.55, -0.15), (0.7, 0.09), (0.84, -0.04)),),
        synonyms=("rubberband", "rubber", "rubbery", "elastic", "snap back"),
        tags=("funny", "elastic"),
    ),
    MotionDef(
        "jelly",
        "jelly",
        "bouncy",
        (
            channel("bend", (0, 1, "linear")),
            channel("stretch", (0.1, 0.045), (0.35, -0.045), (0.6, 0.045), (0.85, -0.045)),
        ),
        synonyms=(
            "jello",
            "gelatin",
            "gelatine",
            "pudding",
            "jiggle",
            "jiggly",
            "slime",
            "gooey",
            "wobble like jelly",
        ),
        tags=("soft", "funny"),
        anchor="bottom",
        bend="jelly",
        mirrors=True,
    ),
    MotionDef(
        "breathe",
        "breathe",
        "bouncy",
        (
            channel("grow", (0, 0), (0.45, 0.075)),
            channel("stretch", (0.06, -0.01), (0.52, 0.035)),
        ),
        synonyms=("breath", "breathing", "inhale", "exhale", "sigh", "snore"),
        tags=("calm", "alive"),
        anchor="bottom",
    ),
)
