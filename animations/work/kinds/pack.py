"""Put the emoji of a set into a store's ZIP, and prove what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.conf import settings

from animations.encode.packs.missing import find_missing
from animations.encode.packs.store import Store
from animations.ingest.client import temporary_folder
from animations.models import Pack
from animations.payloads.pack_contents import PackMember, digest_of, members_of, store_in_use
from animations.work.errors import WorkFailed
from animations.work.exports.pack_zip import PackStickers, StoredPack, store_pack, texts_of
from animations.work.exports.stickers import LeftOut, put_sticker
from animations.work.lease import Lease

SET_DELETED: Final = "The set was deleted."
NONE_MADE: Final = "None of the emojis could be made for this pack."


def make_pack(lease: Lease) -> None:
    """Make the ZIP of the job's pack of all its emoji that can be in it. Raises `WorkFailed`, `LeaseLost`."""
    pack = Pack.objects.select_related("set").filter(job=lease.job).first()
    if pack is None:
        raise WorkFailed(SET_DELETED)
    store = store_in_use(pack.platform)
    members = _begin(lease, pack, store)
    with temporary_folder(settings.FILE_UPLOAD_TEMP_DIR) as folder:
        collected = _collect(lease, members, store, folder)
        if not collected.stickers:
            with lease.revise():
                pack.note_missing([*find_missing(store, texts_of(pack), 0, collected.left_out)])
            raise WorkFailed(NONE_MADE)
        stored = store_pack(folder, pack, store, collected, lease)
    _finish(lease, pack, stored)


def _begin(lease: Lease, pack: Pack, store: Store) -> list[PackMember]:
    """Read what every sticker shows, and note it in the pack, in one step."""
    with lease.revise():
        members = members_of(list(pack.set.shown_projects()), pack.tags)
        pack.start(digest_of(members, store, pack.title, pack.author, *pack.tags))
    return members


def _collect(lease: Lease, members: Sequence[PackMember], store: Store, folder: Path) -> PackStickers:
    """Get the file of one emoji after the other, until there are as many as the store takes."""
    found, most = PackStickers(), store.usable_count(len(members))
    for done, member in enumerate(members, 1):
        lease.check()
        if _is_full(found, most):
            found.unused += 1
            continue
        try:
            found.stickers.append(put_sticker(lease, member, store, folder / str(done)))
        except LeftOut as error:
            found.left_out.append((member.words.title, str(error)))
        with lease.revise() as revision:
            lease.job.progress(revision, done, len(members) + 1)
    found.leave_out_deleted()
    return found


def _is_full(found: PackStickers, most: int) -> bool:
    """Return whether there are as many as the store takes, also without those that were deleted meanwhile."""
    if len(found.stickers) == most:
        found.leave_out_deleted()
    return len(found.stickers) == most


def _finish(lease: Lease, pack: Pack, stored: StoredPack) -> None:
    with lease.revise() as revision:
        pack.files.bulk_create(stored.files)
        pack.succeed(stored.stickers, stored.checks, [*stored.missing])
        lease.job.progress(revision, lease.job.total, lease.job.total)
        lease.job.succeed(revision)
