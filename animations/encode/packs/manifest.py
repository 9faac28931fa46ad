"""The JSON in a pack's ZIP, where a store wants one: which file is which sticker, its emoji and its text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from animations.encode.graphemes import truncate
from animations.encode.packs.names import MOST_LETTERS, to_alias
from animations.encode.packs.store import Manifest, Store

_LINKS: Final = {"telegram_emoji": "https://t.me/addemoji/", "telegram_sticker": "https://t.me/addstickers/"}
_TELEGRAM_KINDS: Final = {"telegram_emoji": "custom_emoji", "telegram_sticker": "regular"}


@dataclass(frozen=True, slots=True)
class PackTexts:
    """The texts of a pack in its store, and the `identifier` that no other pack has."""

    identifier: str
    title: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A sticker in words: its title, the emoji that stand for it, and its alternative text."""

    title: str
    emoji: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Keys:
    """The names under which a manifest's row has a sticker's file and its emoji, a list or one text."""

    file: str
    emoji: str


_KEYS: Final[dict[Manifest, _Keys]] = {
    "whatsapp": _Keys("image_file", "emojis"),
    "signal": _Keys("file", "emoji"),
    "telegram": _Keys("sticker", "emoji_list"),
}


def write_manifest(store: Store, texts: PackTexts, names: Sequence[str], stickers: Sequence[Words]) -> bytes:
    """Return the store's JSON of stickers that are in files of these names; b"" where it wants none."""
    if not store.manifest:
        return b""
    shapes = {"whatsapp": _whatsapp, "signal": _signal, "telegram": _telegram}
    rows = [_row(store, name, sticker) for name, sticker in zip(names, stickers, strict=True)]
    found = shapes[store.manifest](store, texts, rows)
    return json.dumps(found, indent=2, ensure_ascii=False).encode()


def _row(store: Store, name: str, sticker: Words) -> dict[str, Any]:
    keys, emoji = _KEYS[store.manifest], [*sticker.emoji[: store.emoji[1]]]
    row: dict[str, Any] = {keys.file: name, keys.emoji: "".join(emoji) if store.manifest == "signal" else emoji}
    if store.text_most:
        row["accessibility_text"] = truncate(sticker.text, store.text_most)
    return row if store.manifest != "telegram" else row | {"format": "video"}


def _whatsapp(store: Store, texts: PackTexts, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return `contents.json` as WhatsApp's sample app reads it."""
    pack = {
        "identifier": texts.identifier,
        "name": texts.title,
        "publisher": texts.author,
        "tray_image_file": store.pictures[0].name,
        "image_data_version": "1",
        "avoid_cache": False,
        "animated_sticker_pack": True,
        "stickers": rows,
    }
    return {"android_play_store_link": "", "ios_app_store_link": "", "sticker_packs": [pack]}


def _signal(store: Store, texts: PackTexts, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": texts.title, "author": texts.author, "cover": store.pictures[0].name, "stickers": rows}


def _telegram(store: Store, texts: PackTexts, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what `createNewStickerSet` of Telegram's Bot API takes, and the link that imports the set."""
    name = telegram_name(texts)
    kind, link = _TELEGRAM_KINDS[store.slug], _LINKS[store.slug] + name
    return {"name": name, "title": texts.title, "sticker_type": kind, "link": link, "stickers": rows}


def telegram_name(texts: PackTexts) -> str:
    """Return the short name in a set's link: it begins with a letter, and no other set has it."""
    word = to_alias(texts.title)[: MOST_LETTERS - 9].rstrip("_")
    return f"{word if word[0].isalpha() else f'e_{word}'}_{texts.identifier.replace('-', '')[:8]}"


def manifest_problems(store: Store, data: bytes, names: Sequence[str]) -> Iterator[str]:
    """Yield the files that a written manifest lacks, or names with too few or many emoji, or too long a text."""
    try:
        found = json.loads(data)
        rows = found["sticker_packs"][0]["stickers"] if store.manifest == "whatsapp" else found["stickers"]
        keys = _KEYS[store.manifest]
        named = [row[keys.file] for row in rows]
        wrong = [row[keys.file] for row in rows if not _is_right(store, row, keys)]
    except (ValueError, KeyError, TypeError, IndexError):
        yield "cannot be read"
        return
    yield from (name for name in names if named.count(name) != 1)
    yield from (name for name in named if name not in names)
    yield from wrong


def _is_right(store: Store, row: dict[str, Any], keys: _Keys) -> bool:
    least, most = store.emoji
    emoji = row[keys.emoji]
    count = len(emoji) if isinstance(emoji, list) else int(bool(emoji))
    return least <= count <= most and len(row.get("accessibility_text", "")) <= store.text_most
