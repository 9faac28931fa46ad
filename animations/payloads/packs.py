"""A pack of a set, and what the stores take, as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

from django.urls import reverse

from animations.encode.packs.missing import Missing
from animations.encode.packs.store import Store
from animations.models import Pack, PackFile
from animations.payloads.exports import CheckPayload, check_payload
from animations.payloads.types import Id, Time, format_time
from animations.translation import translated, translated_rule


class PackFilePayload(TypedDict):
    name: str
    url: str
    bytes: int
    format: str
    """`ZIP` is what the store takes, `JSON` the report on it."""


class StickerPayload(TypedDict):
    project: Id
    file: str
    emoji: list[str]
    text: str


class MissingPayload(TypedDict):
    rule: str
    text: str
    remedy: str


class PackProgressPayload(TypedDict):
    done: int
    total: int


class PackPayload(TypedDict):
    id: Id
    set: Id
    job: Id
    platform: str
    title: str
    author: str
    tags: list[str]
    status: Annotated[str, Pack.Status]
    progress: PackProgressPayload
    files: list[PackFilePayload]
    stickers: list[StickerPayload]
    checks: list[CheckPayload]
    missing: list[MissingPayload]
    accepted: bool
    """Whether the store takes it as it is."""
    error: str
    created_at: Time


class StorePayload(TypedDict):
    """A store with its rules, and the things that a pack of the set would lack for it now."""

    platform: str
    label: str
    stickers: str
    """How many it takes, as `8–40`."""
    pictures: list[str]
    is_plain: bool
    """Files for any use, and no store's: all emoji of the set in one format."""
    wants_author: bool
    source: str
    sure: str
    read_on: str
    missing: list[MissingPayload]
    pack: PackPayload | None
    """The latest pack for this store."""


def pack_payload(pack: Pack) -> PackPayload:
    """Describe a pack; read `job` along and prefetch `files` for many."""
    return {
        "id": str(pack.pk),
        "set": str(pack.set_id),
        "job": str(pack.job_id),
        "platform": pack.platform,
        "title": pack.title,
        "author": pack.author,
        "tags": pack.tags,
        "status": pack.status,
        "progress": {"done": pack.job.done, "total": pack.job.total},
        "files": [_file_payload(file) for file in pack.files.all()],
        "stickers": pack.stickers,
        "checks": [check_payload(check) for check in pack.checks],
        "missing": missing_payload(pack.missing),
        "accepted": pack.is_accepted,
        "error": translated(pack.error),
        "created_at": format_time(pack.created_at) or "",
    }


def missing_payload(missing: Sequence[Missing]) -> list[MissingPayload]:
    """Describe what a pack lacks, in the language of who asks."""
    return [
        {"rule": each["rule"], "text": translated(each["text"]), "remedy": translated(each["remedy"])}
        for each in missing
    ]


def store_payload(store: Store, missing: Sequence[Missing], pack: Pack | None) -> StorePayload:
    """Describe a store beside a set."""
    return {
        "platform": store.slug,
        "label": translated(store.label),
        "stickers": str(translated_rule(store.count_words)),
        "pictures": [f"{picture.name} {picture.limit}" for picture in store.pictures],
        "is_plain": store.is_plain,
        "wants_author": any(rule.is_required for rule in store.texts.values()),
        "source": store.source,
        "sure": store.sure,
        "read_on": store.read_on,
        "missing": missing_payload(missing),
        "pack": pack_payload(pack) if pack else None,
    }


def _file_payload(file: PackFile) -> PackFilePayload:
    return {
        "name": file.name,
        "url": reverse("pack-file", args=[file.pk]),
        "bytes": file.bytes,
        "format": file.format,
    }
