"""A store's rules for a pack: how many stickers, their names, the pictures and texts beside them. No pixels here."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final, Literal

from animations.encode.platforms import PLATFORMS, Platform
from animations.encode.platforms.platform import READ_ON, Sure

Manifest = Literal["", "whatsapp", "signal", "telegram"]
MANIFEST_NAMES: Final[dict[Manifest, str]] = {
    "whatsapp": "contents.json",
    "signal": "manifest.json",
    "telegram": "manifest.json",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture beside the stickers, of `width` × `height` px; one that moves keeps the rules of a sticker."""

    name: str
    width: int
    height: int
    bytes_max: int | None = None
    moves: bool = False

    @property
    def limit(self) -> str:
        """The rule for the picture in words."""
        size = f"{self.width}×{self.height}"
        return size if self.bytes_max is None else f"{size}, ≤ {self.bytes_max} bytes"


@dataclass(frozen=True, slots=True)
class TextRule:
    """A text that a store shows: the most letters, where wide ones may count double, and whether it must be there."""

    most: int | None = None
    is_wide_double: bool = False
    is_required: bool = False

    def length(self, text: str) -> int:
        """Count the letters of a text as the store does."""
        if not self.is_wide_double:
            return len(text)
        return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)

    def allows(self, text: str) -> bool:
        """Return whether the store takes this text."""
        return bool(text or not self.is_required) and (self.most is None or self.length(text) <= self.most)


@dataclass(frozen=True, slots=True)
class Store:
    """The rules of one store's packs; its stickers keep the rules of the platform of the same slug.

    `least` to `most` stickers are taken (`None`: any number), or one of `counts`. They are numbered with `digits`
    digits; 0 means that they are called as people type them (`:name:`), and plain files as the emoji. `emoji` says
    how many emoji stand for each, `text_most` how long its alternative text may be; 0 means that there is none.
    `must_differ`: no two alike; `must_move`: none that stands still. `rules` are a sticker's where they are not the
    table's. `sure`, `source` and `read_on` are as a platform's.
    """

    slug: str
    chat: str
    least: int = 1
    most: int | None = None
    counts: tuple[int, ...] = ()
    digits: int = 0
    pictures: tuple[Picture, ...] = ()
    manifest: Manifest = ""
    emoji: tuple[int, int] = (0, 0)
    text_most: int = 0
    zip_bytes_max: int | None = None
    must_differ: bool = False
    must_move: bool = False
    rules: Platform | None = None
    texts: dict[str, TextRule] = field(default_factory=dict)
    sure: Sure = "A"
    source: str = ""
    read_on: str = READ_ON

    @property
    def platform(self) -> Platform:
        """The platform whose rules each sticker keeps."""
        return self.rules or PLATFORMS[self.slug]

    @property
    def label(self) -> str:
        """The name of the store and of what it takes."""
        return self.platform.label

    @property
    def is_plain(self) -> bool:
        """True for files that belong to no store: all emoji of the set, by the names that their owner gave them."""
        return self.platform.kind == "file"

    @property
    def manifest_name(self) -> str:
        """The name of the JSON in the ZIP; "" where there is none."""
        return MANIFEST_NAMES.get(self.manifest, "")

    @property
    def count_words(self) -> str:
        """The numbers of stickers that are allowed, in words: `8–40`, `8, 16 or 24`, `≥ 1`."""
        if self.counts:
            return f"{', '.join(map(str, self.counts[:-1]))} or {self.counts[-1]}"
        return f"≥ {self.least}" if self.most is None else f"{self.least}–{self.most}"

    def allows_count(self, count: int) -> bool:
        """Return whether a pack of so many stickers is taken."""
        if self.counts:
            return count in self.counts
        return count >= self.least and (self.most is None or count <= self.most)

    def usable_count(self, count: int) -> int:
        """Return how many of `count` stickers make a pack: the most that is taken, or all where even they are few."""
        if self.counts:
            return max((each for each in self.counts if each <= count), default=count)
        return count if self.most is None else min(count, self.most)

    def next_count(self, count: int) -> int | None:
        """Return the least number above `count` that is taken; None where there is none."""
        if self.counts:
            return min((each for each in self.counts if each > count), default=None)
        return self.least if count < self.least else None
