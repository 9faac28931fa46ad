"""Make a store's pack of a set, and say what it would lack."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from animations import storage
from animations.actions.errors import ActionError, Busy
from animations.actions.jobs import enqueue, revise_for_job
from animations.encode.graphemes import is_emoji
from animations.encode.packs.manifest import PackTexts
from animations.encode.packs.missing import Missing, find_missing
from animations.encode.packs.store import Store
from animations.encode.packs.table import STORES
from animations.models import EmojiSet, Job, Pack, Project
from animations.models.loop import UNFINISHED
from animations.models.packs.pack import PackQuerySet
from animations.payloads.pack_contents import digest_of, members_of, store_in_use

MAX_LIVE: Final = 4
"""Packs of one set under way at once."""


@dataclass(frozen=True, slots=True)
class PackOptions:
    """The options of a pack: its store, and the texts there. `tags` are the emoji of stickers that have none."""

    platform: str
    title: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()


def request_pack(emoji_set: EmojiSet, asked: PackOptions) -> Pack:
    """Make a pack of the set's emoji as they are when the job runs; an equal one that is live or there is returned.

    Those for the store that were cancelled or have failed go: they would heap up. Raises `ActionError` for an unknown
    store, what is no emoji, or a set without a finished frame, `Busy`, and `EmojiSet.DoesNotExist` for a set that was
    deleted meanwhile.
    """
    _check(asked)
    projects = list(emoji_set.shown_projects())
    members = members_of(projects, asked.tags)
    if not any(member.shown.files for member in members):
        raise ActionError("not_ready", "No emoji of this set is finished yet.", status=409)
    title, author = _one_line(asked.title) or emoji_set.name, _one_line(asked.author)
    digest = digest_of(members, store_in_use(asked.platform), title, author, *asked.tags)
    equal_packs = emoji_set.packs.equal_to(asked.platform, digest)
    lost = _lost(equal_packs)  # asks the storage, and so before rows are locked
    with revise_for_job(projects[0]) as revision:
        emoji_set.refresh_from_db()  # it may have been deleted meanwhile
        if equal := equal_packs.exclude(pk__in=lost).first():
            return equal
        if emoji_set.packs.live().count() >= MAX_LIVE:
            raise Busy("Several packs of this set are under way. Wait until one is finished.")
        emoji_set.packs.unmade().filter(platform=asked.platform).delete()
        job = enqueue(projects[0], kind=Job.Kind.PACK, revision=revision, total=len(projects) + 1)
        columns = {"platform": asked.platform, "title": title, "author": author, "tags": list(asked.tags)}
        return Pack.objects.create(set=emoji_set, job=job, digest=digest, **columns)


def _one_line(text: str) -> str:
    """Return what a store shows on one line: without breaks and control characters."""
    return " ".join("".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text).split())


def _lost(packs: PackQuerySet) -> list[UUID]:
    """Return the finished ones among `packs` whose files are not all there."""
    done = packs.filter(status=Pack.Status.SUCCEEDED).prefetch_related("files")
    return [pack.pk for pack in done if not _is_stored(pack)]


def _is_stored(pack: Pack) -> bool:
    return storage.are_stored([(str(file.file), file.bytes) for file in pack.files.all()])


def _check(asked: PackOptions) -> None:
    if asked.platform not in STORES:
        raise ActionError("invalid_choice", f"There are no packs for “{asked.platform}”.", "platform")
    for tag in asked.tags:
        if not is_emoji(tag):
            raise ActionError("invalid", f"“{tag}” is no emoji.", "tags")


def missing_for(store: Store, projects: Sequence[Project], title: str) -> list[Missing]:
    """Say what a pack of these projects would lack, as far as it is known before it is made."""
    ready = [project for project in projects if project.status in (project.Status.READY, project.Status.PARTIAL)]
    left_out = [(project.name, UNFINISHED) for project in projects if project not in ready]
    found = find_missing(store, PackTexts("", title), len(ready), left_out)
    return [each for each in found if each["rule"] != "author"]  # is asked for when the pack is
