"""Write a pack's ZIP: one file after the other, the same bytes for the same stickers."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from animations.encode.packs.manifest import PackTexts, Words, write_manifest
from animations.encode.packs.names import file_names
from animations.encode.packs.store import Store

MADE_ON: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that ZIP knows: the time at which a pack was made is none of its content."""


@dataclass(frozen=True, slots=True)
class Sticker:
    """A sticker in words, and a function that reads the bytes of its file."""

    words: Words
    read: Callable[[], bytes]


def write_pack(
    target: Path, store: Store, texts: PackTexts, stickers: Sequence[Sticker], pictures: Mapping[str, bytes]
) -> list[str]:
    """Write the ZIP of a pack and return the names of its stickers; one file at a time is in memory.

    `pictures` holds the bytes of the store's pictures by name. Nothing is compressed: pictures are already.
    """
    words = [sticker.words for sticker in stickers]
    names = file_names(store, [each.title for each in words])
    with zipfile.ZipFile(target, "w") as archive:
        _add(archive, zip(names, (sticker.read() for sticker in stickers), strict=True))
        _add(archive, pictures.items())
        if store.manifest:
            _add(archive, [(store.manifest_name, write_manifest(store, texts, names, words))])
    return names


def _add(archive: zipfile.ZipFile, files: Iterable[tuple[str, bytes]]) -> None:
    for name, data in files:
        entry = zipfile.ZipInfo(name, MADE_ON)
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, data, zipfile.ZIP_STORED)
