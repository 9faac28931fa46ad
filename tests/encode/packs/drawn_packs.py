"""Packs of drawn stickers, made by the product's encoders."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

from animations.encode.fit import fit
from animations.encode.packs.archive import Sticker, write_pack
from animations.encode.packs.manifest import PackTexts, Words
from animations.encode.packs.stills import draw_still, first_frame, picture_platform
from animations.encode.packs.store import Store
from animations.encode.packs.table import STORES
from animations.encode.packs.verify_pack import PackReport, verify_pack
from tests.encode.images import Frame, ball

TEXTS = PackTexts("0f6e2f0c-55a3-4a55-a3c5-0c9f3f0f9e11", "고양이 ☕ cats", "Studio")
DELAYS = [100] * 6


def frames_of(number: int) -> list[Frame]:
    """Draw a ball that rolls; no two of these are of one size."""
    return [ball(96, at / 6, 8 + number) for at in range(6)]


@cache
def file_of(slug: str, number: int) -> bytes:
    return fit(frames_of(number), DELAYS, STORES[slug].platform).data


@cache
def pictures_of(slug: str) -> dict[str, bytes]:
    store, still = STORES[slug], first_frame(file_of(slug, 0))
    return {
        picture.name: fit(frames_of(0), DELAYS, picture_platform(store, picture)).data
        if picture.moves
        else draw_still(still, picture)
        for picture in store.pictures
    }


def sticker(slug: str, number: int, title: str = "", emoji: tuple[str, ...] = ("🎉", "🐱")) -> Sticker:
    words = Words(title or f"cat, motion {number}", emoji, f"A cat that jumps {number}")
    return Sticker(words, partial(file_of, slug, number))


def make_pack(path: Path, slug: str, stickers: list[Sticker], texts: PackTexts = TEXTS) -> tuple[Store, PackReport]:
    store = STORES[slug]
    write_pack(path, store, texts, stickers, pictures_of(slug))
    return store, verify_pack(path, store, texts)
