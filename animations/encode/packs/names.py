"""Names of a pack's files: numbers where the store wants them, else aliases (`:name:`) or the emoji's own names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

from animations.encode.file_names import MAX_BYTES, safe_stem
from animations.encode.packs.store import Store

NO_NAME: Final = "emoji"
LEAST_LETTERS: Final = 2
MOST_LETTERS: Final = 30
"""Of an alias: two to thirty of a–z, 0–9 and `_` are taken by Discord, Slack, Mattermost and Zulip alike."""
ALIAS: Final = re.compile(rf"[a-z0-9][a-z0-9_]{{0,{MOST_LETTERS - 2}}}[a-z0-9]")


def file_names(store: Store, titles: Sequence[str]) -> list[str]:
    """Name the files of stickers with these titles, in their order."""
    suffix = store.platform.suffix
    if store.digits:
        return [f"{number:0{store.digits}}.{suffix}" for number in range(1, len(titles) + 1)]
    stems = own_stems(titles) if store.is_plain else aliases(titles)
    return [f"{stem}.{suffix}" for stem in stems]


def own_stems(titles: Sequence[str]) -> list[str]:
    """Return the names of files, without their endings, of these titles: no two are the same on any file system."""
    used: dict[str, str] = {}
    for title in titles:
        found, number = safe_stem(title), 1
        while found.casefold() in used:
            number += 1
            found = f"{safe_stem(title, MAX_BYTES - len(f' {number}'))} {number}"
        used[found.casefold()] = found
    return list(used.values())


def aliases(titles: Sequence[str]) -> list[str]:
    """Return what people type for each of the stickers with these titles: no two are the same."""
    used: dict[str, None] = {}
    for title in titles:
        used[_unused(to_alias(title), used)] = None
    return list(used)


def to_alias(title: str) -> str:
    """Write a title in the letters of an alias: "Mi Ñandú, jump" is `mi_nandu_jump`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    alias = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:MOST_LETTERS].rstrip("_")
    return alias if len(alias) >= LEAST_LETTERS else f"{NO_NAME}_{alias}" if alias else NO_NAME


def _unused(alias: str, used: Collection[str]) -> str:
    """Return the alias, or with a number behind it what nobody else is called."""
    number, found = 1, alias
    while found in used:
        number += 1
        found = f"{alias[: MOST_LETTERS - len(str(number)) - 1].rstrip('_')}_{number}"
    return found
