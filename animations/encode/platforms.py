"""The rules of each chat platform, as data. No pixels here: the web process reads this file."""

from dataclasses import dataclass
from typing import Final, Literal, TypedDict

FOR_EVER: Final = 0
LATER: Final = "Comes in a later release; its rules are listed here already."

Format = Literal["GIF", "APNG", "WebP", "AVIF", "WebM", "PNG ZIP"]
Sure = Literal["A", "B", "C"]


class Rule(TypedDict):
    """One rule for people and scripts: a number where a maximum says it all, else words."""

    rule: str
    value: int | str


@dataclass(frozen=True, slots=True)
class SizeRule:
    """The sizes that a platform takes, all in pixels.

    `width` × `height` is the largest canvas. `exact` means nothing smaller will do, `square` that both sides are
    equal, `sides` lists the only sides of a square that are taken, `longest_min` is the least that the longer
    side may measure. A rule without `width` leaves the picture as it is.
    """

    width: int = 0
    height: int = 0
    exact: bool = False
    square: bool = False
    sides: tuple[int, ...] = ()
    longest_min: int = 0

    def allows(self, width: int, height: int) -> bool:
        """Return whether a file of this size keeps the rule."""
        if not self.width:
            return True
        if self.exact:
            return (width, height) == (self.width, self.height)
        if (self.square or self.sides) and width != height:
            return False
        if self.sides:
            return width in self.sides
        return width <= self.width and height <= self.height and max(width, height) >= self.longest_min

    def target(self, width: int, height: int) -> tuple[int, int]:
        """Return the canvas, as (width, height), that a picture of `width` × `height` is put on for this platform."""
        if not self.width or (not self.exact and self.allows(width, height)):
            return width, height
        if self.exact:
            return self.width, self.height
        longest = max(width, height)
        if self.sides:
            side = max((side for side in self.sides if side <= longest), default=min(self.sides))
            return side, side
        if self.square:
            side = min(max(longest, self.longest_min), self.width)
            return side, side
        scale = min(self.width / width, self.height / height)
        return max(1, round(width * scale)), max(1, round(height * scale))

    def __str__(self) -> str:
        if not self.width:
            return "as the project"
        if self.exact:
            return f"{self.width}×{self.height}"
        if self.sides:
            return "square, " + ", ".join(map(str, self.sides[:-1])) + f" or {self.sides[-1]}"
        words = f"{'square, ' if self.square else ''}≤ {self.width}×{self.height}"
        return f"{words}, longer side ≥ {self.longest_min}" if self.longest_min else words


@dataclass(frozen=True, slots=True)
class Platform:
    """One export target: FIELD figures for sizes (px), bytes (decimal) and times (ms); `None` or 0 is "no rule".

    `sure` says how well the rules are known: A official or the product's own code, B several sources agree,
    C one source or an old one. `loops` is the least and most times the file plays, (0, 0) meaning for ever.
    """

    slug: str
    label: str
    format: Format
    pixels: SizeRule
    bytes_max: int | None = None
    frames_min: int = 1
    frames_max: int | None = None
    duration_max_ms: int | None = None
    durations_ms: tuple[int, ...] = ()
    duration_counts_loops: bool = False
    delay_min_ms: int = 0
    loops: tuple[int, int] | None = (FOR_EVER, FOR_EVER)
    opaque: bool = False
    sure: Sure = "A"
    note: str = ""
    extension: str = ""
    available: bool = False

    @property
    def mime(self) -> str:
        """The media type that the file is served with."""
        return MIME[self.format]

    @property
    def suffix(self) -> str:
        """The end of the file's name, without the dot: the format's own unless the platform wants another."""
        return self.extension or EXTENSION[self.format]

    @property
    def unavailable_reason(self) -> str:
        """Why this target cannot be exported now; empty when it can."""
        return "" if self.available else LATER


MIME: Final[dict[Format, str]] = {
    "GIF": "image/gif",
    "APNG": "image/apng",
    "WebP": "image/webp",
    "AVIF": "image/avif",
    "WebM": "video/webm",
    "PNG ZIP": "application/zip",
}
EXTENSION: Final[dict[Format, str]] = {
    "GIF": "gif",
    "APNG": "png",
    "WebP": "webp",
    "AVIF": "avif",
    "WebM": "webm",
    "PNG ZIP": "zip",
}

ONE_BIT: Final[tuple[Format, ...]] = ("GIF",)
"""Formats in which a pixel is there or not."""

OWN_SIZE: Final = SizeRule()


def _square(side: int) -> SizeRule:
    return SizeRule(side, side, exact=True)


_ALL: Final = (
    Platform(
        "slack",
        "Slack emoji",
        "GIF",
        _square(128),
        bytes_max=128_000,
        frames_max=50,
        sure="B",
        note="Slack cuts an emoji of more than 50 frames short.",
        available=True,
    ),
    Platform("discord_emoji", "Discord emoji", "GIF", _square(128), bytes_max=256_000, available=True),
    Platform(
        "discord_sticker",
        "Discord sticker",
        "APNG",
        _square(320),
        bytes_max=512_000,
        duration_max_ms=5000,
        note="An APNG whose name ends in .png.",
    ),
    Platform(
        "telegram_emoji",
        "Telegram emoji",
        "WebM",
        _square(100),
        bytes_max=256_000,
        duration_max_ms=3000,
        delay_min_ms=33,
        loops=None,
        note="VP9 with alpha, no sound, at most 30 frames a second.",
    ),
    Platform(
        "telegram_sticker",
        "Telegram sticker",
        "WebM",
        SizeRule(512, 512, longest_min=512),
        bytes_max=256_000,
        duration_max_ms=3000,
        delay_min_ms=33,
        loops=None,
        note="VP9 with alpha, no sound, at most 30 frames a second; one side is 512 px.",
    ),
    Platform(
        "line_emoji",
        "LINE emoji",
        "APNG",
        _square(180),
        bytes_max=300_000,
        frames_min=5,
        frames_max=20,
        durations_ms=(1000, 2000, 3000, 4000),
        duration_counts_loops=True,
        loops=(1, 4),
        note="The first frame is the still that LINE shows; the byte limit is agreed by several sources only.",
    ),
    Platform(
        "line_sticker",
        "LINE sticker",
        "APNG",
        SizeRule(320, 270, longest_min=270),
        bytes_max=300_000,
        frames_min=5,
        frames_max=20,
        duration_max_ms=4000,
        duration_counts_loops=True,
        loops=(1, 4),
        note="A pack also needs a main picture of 240×240 and a tab picture of 96×74.",
    ),
    Platform(
        "kakao",
        "KakaoTalk emoticon",
        "GIF",
        _square(360),
        bytes_max=2_000_000,
        frames_max=24,
        opaque=True,
        sure="C",
        note="On a white background.",
    ),
    Platform(
        "whatsapp",
        "WhatsApp sticker",
        "WebP",
        _square(512),
        bytes_max=500_000,
        duration_max_ms=10_000,
        delay_min_ms=8,
        note="A pack also needs a tray picture of 96×96 (≤ 50,000 bytes) and alt texts (≤ 255 letters).",
    ),
    Platform(
        "twitch",
        "Twitch emote",
        "GIF",
        SizeRule(4096, 4096, square=True, longest_min=112),
        bytes_max=1_000_000,
        frames_max=60,
        sure="B",
        note="At most three flashes a second.",
    ),
    Platform(
        "signal",
        "Signal sticker",
        "APNG",
        SizeRule(512, 512, square=True),
        bytes_max=300_000,
        duration_max_ms=3000,
    ),
    Platform(
        "imessage",
        "iMessage sticker",
        "APNG",
        SizeRule(618, 618, sides=(300, 408, 618)),
        bytes_max=500_000,
        loops=None,
        sure="B",
        note="GIF is taken too.",
    ),
    Platform("teams", "Microsoft Teams emoji", "GIF", OWN_SIZE, bytes_max=256_000, sure="C"),
    Platform(
        "mattermost",
        "Mattermost emoji",
        "GIF",
        SizeRule(1028, 1028),
        bytes_max=512_000,
        frames_max=32,
        note="Shown at 128×128.",
    ),
    Platform(
        "zulip",
        "Zulip emoji",
        "GIF",
        OWN_SIZE,
        bytes_max=5 * 1024 * 1024,
        note="Shown at 64×64; all frames together hold at most 90 million pixels. WebP and PNG are taken too.",
    ),
    Platform(
        "gif",
        "GIF",
        "GIF",
        OWN_SIZE,
        note="No byte limit. Edges are hard: a GIF pixel is there or not.",
        available=True,
    ),
    Platform("apng", "APNG", "APNG", OWN_SIZE, note="No byte limit. Keeps soft edges.", available=True),
    Platform(
        "webp", "WebP", "WebP", OWN_SIZE, note="No byte limit. Keeps soft edges, smallest file.", available=True
    ),
    Platform("avif", "AVIF", "AVIF", OWN_SIZE),
    Platform("webm", "WebM", "WebM", OWN_SIZE, loops=None, note="VP9 with alpha, no sound."),
    Platform("png_zip", "PNG frames in a ZIP", "PNG ZIP", OWN_SIZE, loops=None),
)

PLATFORMS: Final[dict[str, Platform]] = {platform.slug: platform for platform in _ALL}


def limits(platform: Platform) -> dict[str, int | str]:
    """Return every rule of `platform` by name, in the order a report shows them; what is not limited is absent."""
    found: dict[str, int | str] = {"format": platform.format, "pixels": str(platform.pixels)}
    if platform.bytes_max is not None:
        found["bytes"] = platform.bytes_max
    if platform.frames_max is not None:
        found["frames"] = (
            platform.frames_max if platform.frames_min <= 1 else f"{platform.frames_min}–{platform.frames_max}"
        )
    if platform.durations_ms:
        found["duration_ms"] = ", ".join(map(str, platform.durations_ms[:-1])) + f" or {platform.durations_ms[-1]}"
    elif platform.duration_max_ms is not None:
        found["duration_ms"] = platform.duration_max_ms
    if platform.delay_min_ms:
        found["delay_ms"] = f"≥ {platform.delay_min_ms}"
    if platform.loops is not None:
        found["loops"] = loop_words(*platform.loops)
    if platform.opaque:
        found["background"] = "white, nothing transparent"
    return found


def loop_words(least: int, most: int) -> str:
    """Say how often a file plays: 'for ever', '3' or '1–4'."""
    if least == most:
        return "for ever" if least == FOR_EVER else str(least)
    return f"{least}–{most}"


def rules(platform: Platform) -> list[Rule]:
    """Return the rules as plain data for `GET platforms/`: `[{"rule": "bytes", "value": 128000}, …]`."""
    return [{"rule": rule, "value": value} for rule, value in limits(platform).items()]
