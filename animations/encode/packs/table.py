"""The table of stores: what each of them takes as a pack."""

from typing import Final

from animations.encode.packs.store import Picture, Store, TextRule

SMALL_TAB: Final = Picture("tab.png", 96, 74)
LINE_TEXTS: Final = {
    "title": TextRule(40, is_wide_double=True),
    "author": TextRule(50, is_wide_double=True),
}
"""They are typed into LINE's own form, so a pack is right without them."""
AUTHOR: Final = {"author": TextRule(is_required=True)}
LINE_EMOJI: Final = "https://creator.line.me/en/guideline/animationemoji/"
LINE_STICKERS: Final = "https://creator.line.me/en/guideline/animationsticker/"

_ALL: Final = (
    Store(
        "line_emoji",
        "LINE",
        least=8,
        most=40,
        digits=3,
        pictures=(SMALL_TAB,),
        zip_bytes_max=19_999_999,
        must_differ=True,
        must_move=True,
        texts=LINE_TEXTS,
        source=LINE_EMOJI,
    ),
    Store(
        "line_sticker",
        "LINE",
        least=8,
        counts=(8, 16, 24),
        digits=2,
        pictures=(Picture("main.png", 240, 240, moves=True), SMALL_TAB),
        zip_bytes_max=20_000_000,
        must_move=True,
        texts=LINE_TEXTS,
        source=LINE_STICKERS,
    ),
    Store(
        "whatsapp",
        "WhatsApp",
        least=3,
        most=30,
        digits=2,
        pictures=(Picture("tray.png", 96, 96, bytes_max=50_000),),
        manifest="whatsapp",
        emoji=(1, 3),
        text_most=255,
        must_move=True,
        texts=AUTHOR,
        source="https://github.com/WhatsApp/stickers",
    ),
    Store(
        "signal",
        "Signal",
        digits=2,
        pictures=(Picture("cover.png", 256, 256, bytes_max=300_000),),
        manifest="signal",
        emoji=(1, 1),
        texts=AUTHOR,
        source="https://support.signal.org/hc/en-us/articles/360031836512",
    ),
    Store(
        "telegram_emoji",
        "Telegram",
        digits=2,
        manifest="telegram",
        emoji=(1, 3),
        texts={"title": TextRule(64)},
        source="https://core.telegram.org/bots/api#createnewstickerset",
    ),
    Store(
        "telegram_sticker",
        "Telegram",
        digits=2,
        manifest="telegram",
        emoji=(1, 3),
        texts={"title": TextRule(64)},
        source="https://core.telegram.org/bots/api#createnewstickerset",
    ),
    Store("discord_emoji", "Discord", sure="B", source="https://support.discord.com/hc/en-us/articles/360036479811"),
    Store(
        "discord_sticker", "Discord", sure="B", source="https://support.discord.com/hc/en-us/articles/4402687377815"
    ),
    Store("slack", "Slack", sure="B", source="https://slack.com/help/articles/206870177"),
    Store(
        "mattermost",
        "Mattermost",
        sure="B",
        source="https://github.com/mattermost/mattermost/blob/master/server/channels/app/emoji.go",
    ),
    Store("zulip", "Zulip", sure="B", source="https://zulip.com/help/custom-emoji"),
    Store("gif", "GIF"),
    Store("webp", "WebP"),
    Store("apng", "APNG"),
)

STORES: Final[dict[str, Store]] = {store.slug: store for store in _ALL}
