"""Motions that go somewhere and come back."""

import math

from animations.motion.keyframes import channel, tremble_channel
from animations.motion.motion_def import MotionDef

_SIDES = ("right", "left", "up", "down")

TRAVELLING = (
    MotionDef(
        "shake",
        "shake",
        "travelling",
        (
            channel(
                "x", (0, 0), (0.12, -0.09), (0.27, 0.1), (0.42, -0.09), (0.57, 0.08), (0.72, -0.06), (0.87, 0.035)
            ),
            channel("turn", (0, 0), (0.12, -2.5), (0.27, 3), (0.42, -2.5), (0.57, 2), (0.72, -1.5), (0.87, 1)),
        ),
        synonyms=("shook", "shaken", "shake head", "shake no", "rattle", "headshake", "rumble"),
        tags=("no", "angry"),
        directions=_SIDES,
        mirrors=True,
    ),
    MotionDef(
        "nod",
        "nod",
        "travelling",
        (
            channel("tip", (0, 0), (0.2, 30), (0.42, -8), (0.64, 24), (0.86, -3)),
            channel("y", (0, 0), (0.2, -0.07), (0.42, 0.025), (0.64, -0.055), (0.86, 0.01)),
        ),
        synonyms=("agree", "nod head", "nod yes", "bow"),
        tags=("yes", "agree"),
        anchor="bottom",
    ),
    MotionDef(
        "jitter",
        "jitter",
        "travelling",
        (tremble_channel("x", 0.05), tremble_channel("y", 0.045, 0.25), tremble_channel("turn", 3, 0.6)),
        synonyms=(
            "vibrate",
            "tremble",
            "shiver",
            "quiver",
            "buzz",
            "twitch",
            "fidget",
            "nervous",
            "jittery",
            "shudder",
        ),
        tags=("nervous", "cold"),
    ),
    MotionDef(
        "float",
        "float",
        "travelling",
        (
            channel("y", (0.25, 0.085), (0.75, -0.085)),
            channel("turn", (0.4, 2.5), (0.9, -2.5)),
        ),
        synonyms=("hover", "levitate", "drift", "bob", "afloat", "weightless"),
        directed=(("rise", "up"), ("rose", "up"), ("sink", "down")),
        tags=("calm", "dreamy"),
        directions=("up", "down"),
        mirrors=True,
    ),
    MotionDef(
        "orbit",
        "orbit",
        "travelling",
        (
            channel("x", *((i / 24, 0.13 * math.sin(i * math.pi / 12), "linear") for i in range(24))),
            channel("y", *((i / 24, 0.13 * math.cos(i * math.pi / 12), "linear") for i in range(24))),
        ),
        synonyms=("circle", "revolve", "go around", "go round", "loop around"),
        tags=("dreamy",),
        directions=("clockwise", "counterclockwise"),
        mirrors=True,
    ),
    MotionDef(
        "slide",
        "slide",
        "travelling",
        (
            channel("x", (0.05, -0.2), (0.43, 0.2), (0.55, 0.2), (0.93, -0.2)),
            channel("lean", (0.03, 0), (0.2, 5), (0.4, -4), (0.53, 0), (0.7, -5), (0.9, 4)),
        ),
        synonyms=("slid", "glide", "move", "shift", "skate", "pan", "pace"),
        tags=("smooth",),
        easing="ease-in-out-quad",
        anchor="bottom",
        directions=_SIDES,
        mirrors=True,
    ),
    MotionDef(
        "peek",
        "peek",
        "playful",
        (
            channel("peek", (0, 0), (0.1, 0), (0.34, 0.84), (0.4, 0.84), (0.53, 0.5), (0.68, 0.5), (0.86, 0)),
            channel("stretch", (0.1, 0), (0.34, -0.05), (0.53, 0.03), (0.68, 0), (0.8, 0.08), (0.92, -0.04)),
        ),
        synonyms=("peep", "peekaboo", "hide", "hiding", "hidden", "hide and seek", "peek a boo", "sneak", "peer"),
        tags=("shy", "playful"),
        anchor="bottom",
        directions=("up", "down", "left", "right"),
    ),
    MotionDef(
        "drop",
        "drop",
        "bouncy",
        (
            channel(
                "y",
                (0.08, 0, "ease-in-out-sine"),
                (0.4, 0.3, "ease-in-quad"),
                (0.58, 0, "ease-out-quad"),
                (0.69, 0.075, "ease-in-quad"),
                (0.8, 0, "ease-out-quad"),
                (0.86, 0.018, "ease-in-quad"),
                (0.92, 0),
            ),
            channel(
                "stretch",
                (0.05, 0),
                (0.2, 0.05),
                (0.4, -0.02),
                (0.54, 0.12),
                (0.62, -0.2),
                (0.7, 0.04),
                (0.82, -0.08),
                (0.92, 0.01),
            ),
        ),
        synonyms=("fall", "fell", "plop", "drop in", "fall down", "land", "thud"),
        tags=("heavy", "entrance"),
        anchor="bottom",
        directions=("down",),
    ),
)
