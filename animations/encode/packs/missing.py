"""Say in words what a pack lacks for its store, and what would mend it. No pixels here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypedDict

from animations.encode.packs.manifest import PackTexts
from animations.encode.packs.store import Store

DELETED: Final = "It was deleted meanwhile."
DAMAGED: Final = "A stored file of it was damaged and is being repaired."
MEND: Final = "Mend it, then make the pack again."
RESTORE: Final = "The pack is made without it. To have it in, undo its deletion and make the pack again."
WAIT: Final = "Make the pack again in a minute."
REMEDIES: Final = {DELETED: RESTORE, DAMAGED: WAIT}
"""For why an emoji is left out; anything else is to be mended."""
NAME_AUTHOR: Final = "Name an author."
WIDE: Final = "Wide letters count double."
SHORTEN: Final = "Shorten it."
DIFFER: Final = "Give one of them another motion."


class Missing(TypedDict):
    """One thing that a pack lacks; `rule` names it for scripts."""

    rule: str
    text: str
    remedy: str


def find_missing(
    store: Store,
    texts: PackTexts,
    count: int,
    left_out: Iterable[tuple[str, str]] = (),
    alike: Iterable[tuple[str, str]] = (),
) -> list[Missing]:
    """List what a pack of `count` stickers lacks.

    `left_out` are a title and a reason each, `alike` the titles of two.
    """
    return [*_count(store, count), *_texts(store, texts), *_left_out(left_out), *_alike(alike)]


def _count(store: Store, count: int) -> Iterator[Missing]:
    if store.allows_count(count):
        return
    wanted, surplus = store.count_words, count - store.usable_count(count)
    text = f"{store.chat} wants {wanted}, you have {count}."
    if surplus:
        text = f"{store.chat} wants {wanted}, you have {count}. Left out at the end: {surplus}."
    more = (store.next_count(count) or count) - count
    yield {"rule": "count", "text": text, "remedy": _count_remedy(more)}


def _count_remedy(more: int) -> str:
    return f"Add {more} more to the set." if more else "Make another set of the others."


def _texts(store: Store, texts: PackTexts) -> Iterator[Missing]:
    for name, rule in store.texts.items():
        text = getattr(texts, name)
        if rule.is_required and not text:
            yield {"rule": name, "text": f"{store.chat} shows who made a pack.", "remedy": NAME_AUTHOR}
        elif not rule.allows(text):
            yield {"rule": name, "text": _too_long(store, name, text), "remedy": SHORTEN}


def _too_long(store: Store, name: str, text: str) -> str:
    rule = store.texts[name]
    has, most = rule.length(text), rule.most
    words = f"The title is too long: {has} letters, {store.chat} takes {most}."
    if name == "author":
        words = f"The author is too long: {has} letters, {store.chat} takes {most}."
    return f"{words} {WIDE}" if rule.is_wide_double else words


def _left_out(left_out: Iterable[tuple[str, str]]) -> Iterator[Missing]:
    for title, reason in left_out:
        yield {"rule": "left_out", "text": f"“{title}” is left out: {reason}", "remedy": REMEDIES.get(reason, MEND)}


def _alike(pairs: Iterable[tuple[str, str]]) -> Iterator[Missing]:
    for first, second in pairs:
        text = f"“{first}” and “{second}” look the same."
        yield {"rule": "alike", "text": text, "remedy": DIFFER}
