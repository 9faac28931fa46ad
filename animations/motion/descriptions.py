"""What a moving picture is called and tagged with at first: one emoji and one sentence for each motion."""

from typing import Final, NamedTuple


class Description(NamedTuple):
    """`emoji` is for stores, which file pictures under one; `text` is for who cannot see it, `{name}` its name."""

    emoji: str
    text: str


DESCRIPTIONS: Final[dict[str, Description]] = {
    "bounce": Description("🏀", "{name} bouncing"),
    "jump": Description("🙌", "{name} jumping"),
    "squash": Description("😆", "{name} being squashed and springing back"),
    "rubber-band": Description("🤪", "{name} stretching like a rubber band"),
    "jelly": Description("🍮", "{name} wobbling like jelly"),
    "breathe": Description("😌", "{name} breathing"),
    "wobble": Description("🥴", "{name} wobbling"),
    "sway": Description("🍃", "{name} swaying"),
    "swing": Description("🔔", "{name} swinging"),
    "spin": Description("🌀", "{name} spinning"),
    "flip": Description("🤸", "{name} turning over"),
    "roll": Description("🎳", "{name} rolling"),
    "tada": Description("🎉", "{name} with a ta-da"),
    "shake": Description("🙅", "{name} shaking no"),
    "nod": Description("👍", "{name} nodding yes"),
    "jitter": Description("🥶", "{name} shivering"),
    "float": Description("🎈", "{name} floating"),
    "orbit": Description("🪐", "{name} circling"),
    "slide": Description("🛝", "{name} sliding"),
    "peek": Description("👀", "{name} peeking"),
    "drop": Description("⬇️", "{name} dropping in"),
    "party": Description("🥳", "{name} partying"),
    "dance": Description("💃", "{name} dancing"),
    "pulse": Description("❗", "{name} pulsing"),
    "heartbeat": Description("❤️", "{name} beating like a heart"),
    "zoom": Description("🔍", "{name} coming closer"),
    "pop": Description("💥", "{name} popping up"),
    "wave": Description("🌊", "{name} rippling like water"),
    "ripple": Description("💧", "{name} rippling"),
    "twist": Description("🌪️", "{name} twisting"),
    "rainbow": Description("🌈", "{name} in all colours of the rainbow"),
    "glitch": Description("📺", "{name} with a glitch"),
    "blink": Description("💡", "{name} blinking"),
    "fade": Description("👻", "{name} fading"),
    "glow": Description("✨", "{name} glowing"),
}
"""By the motion's name in the vocabulary."""
