"""The platforms as the studio offers them: a card and a menu entry each, by kind, and the choices for all of them."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from animations.encode.platforms import MAX_LOOPS, PLATFORMS, Platform
from animations.models import Export, platforms_in_use
from animations.translation import translated, translated_rule

CHAT_SIZES: Final = (16, 20, 22, 32, 64, 128)
"""The px at which chats show emoji and stickers."""
KINDS: Final = (("emoji", _("Emoji")), ("sticker", _("Stickers")), ("file", _("Plain files")))


def export_choices(user: AbstractBaseUser | AnonymousUser) -> dict[str, Any]:
    """Return the context of `_export.html`, `_chats.html` and the download in the page's head."""
    last = _last_platform(user)
    platforms = [_card(row) for row in platforms_in_use().values()]
    return {
        "platforms": platforms,
        "platform_groups": [_group(kind, title, platforms, last) for kind, title in KINDS],
        "last_platform": last,
        "shown_px": PLATFORMS[last].shown_px,
        "chat_sizes": CHAT_SIZES,
        "loop_choices": range(1, MAX_LOOPS + 1),
    }


def _group(kind: str, title: str, platforms: list[dict[str, Any]], last: str) -> dict[str, Any]:
    """Return the platforms of one kind; they are open if the last used one is among them."""
    return {
        "title": gettext(title),
        "platforms": [row for row in platforms if row["kind"] == kind],
        "is_open": PLATFORMS[last].kind == kind,
    }


def _card(platform: Platform) -> dict[str, Any]:
    """Return the card of a platform; its `summary` reads like `GIF · 128×128 · ≤ 128 kB`."""
    parts = [str(platform.format), translated_rule(str(platform.pixels))]
    if platform.bytes_max is not None:
        parts.append(f"≤\N{NO-BREAK SPACE}{platform.bytes_max // 1000}\N{NO-BREAK SPACE}kB")
    return {
        "slug": platform.slug,
        "kind": platform.kind,
        "label": translated(platform.label),
        "download_label": translated(platform.download_label),
        "summary": " · ".join(parts),
        "note": translated(platform.note),
        "how_to_add": translated(platform.how_to_add),
        "shown_px": platform.shown_px,
        "format": platform.format,
    }


def _last_platform(user: AbstractBaseUser | AnonymousUser) -> str:
    """Return the platform for which the person has made a file last, or the first of all."""
    last = Export.objects.last_platform_of(user)
    return last if last in PLATFORMS else next(iter(PLATFORMS))
