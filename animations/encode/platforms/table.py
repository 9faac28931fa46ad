"""The table of platforms: what each of them takes."""

from typing import Final

from animations.encode.platforms.platform import Platform, SizeRule

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
