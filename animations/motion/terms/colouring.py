"""Colour effects, and the playful ones that combine colour and movement."""

from animations.motion.keyframes import channel
from animations.motion.motion_def import MotionDef

COLOURING = (
    MotionDef(
        "rainbow",
        "rainbow",
        "colour",
        (channel("rainbow", (0, 1, "linear")),),
        synonyms=("colourful", "colorful", "hue", "disco", "psychedelic", "cycle colours", "cycle colors", "pride"),
        tags=("party", "bright"),
        mirrors=True,
    ),
    MotionDef(
        "glitch",
        "glitch",
        "colour",
        (
            channel(
                "split",
                (0, 0.012),
                (0.12, 0.012),
                (0.2, 0.05),
                (0.34, 0.01),
                (0.5, 0.045),
                (0.62, 0.06),
                (0.76, 0.014),
            ),
            channel("bend", (0, 0.12), (0.12, 0.12), (0.2, 1), (0.34, 0.1), (0.5, 0.8), (0.62, 1.1), (0.76, 0.15)),
        ),
        synonyms=("glitchy", "corrupt", "broken tv", "static noise", "vhs", "cyberpunk"),
        tags=("retro", "digital"),
        bend="slices",
    ),
    MotionDef(
        "blink",
        "blink",
        "colour",
        (channel("fade", (0, 0), (0.2, 0), (0.42, 0.75), (0.58, 0.75), (0.8, 0)),),
        synonyms=("flash", "flicker", "strobe"),
        tags=("attention",),
    ),
    MotionDef(
        "fade",
        "fade",
        "colour",
        (channel("fade", (0, 0), (0.5, 0.72)),),
        synonyms=("dissolve", "vanish", "disappear", "fade in", "fade out", "fade in and out"),
        tags=("calm", "ghostly"),
    ),
    MotionDef(
        "glow",
        "glow",
        "colour",
        (channel("glow", (0, 0.08), (0.5, 1)),),
        synonyms=("shine", "shone", "shiny", "radiate", "gleam", "light up", "aura", "halo", "neon"),
        tags=("magic", "bright"),
    ),
    MotionDef(
        "party",
        "party",
        "playful",
        (
            channel("rainbow", (0, 1, "linear")),
            channel("turn", (0.25, 9), (0.75, -9)),
            channel("y", (0, 0), (0.25, 0.09), (0.5, 0), (0.75, 0.09)),
            channel("stretch", (0, -0.07), (0.25, 0.05), (0.5, -0.07), (0.75, 0.05)),
        ),
        synonyms=("parties", "partying", "rave", "party parrot"),
        tags=("celebrate", "bright"),
        anchor="bottom",
        mirrors=True,
    ),
    MotionDef(
        "dance",
        "dance",
        "playful",
        (
            channel("x", (0.25, 0.075), (0.75, -0.075)),
            channel("turn", (0.22, 8), (0.72, -8)),
            channel("lean", (0.3, -5), (0.8, 5)),
            channel("stretch", (0.02, -0.09), (0.25, 0.07), (0.52, -0.09), (0.75, 0.07)),
        ),
        synonyms=("dancing", "boogie", "jive", "shimmy", "samba", "groove"),
        tags=("happy", "celebrate"),
        anchor="bottom",
        mirrors=True,
    ),
)
