"""Make the file of one sticker of a pack, or take one that is there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from animations import storage
from animations.encode.fit import CannotFit
from animations.encode.packs.missing import DAMAGED, DELETED
from animations.encode.packs.store import Store
from animations.encode.platforms import are_measured
from animations.models import Export, ExportFile, Job, Project
from animations.models.loop import UNFINISHED
from animations.models.transitions import ProjectGone
from animations.payloads.pack_contents import PackMember
from animations.work.exports.make_file import MadeFile, finish_export, make_file, store_file
from animations.work.lease import Lease


class LeftOut(Exception):
    """An emoji cannot be in the pack; the message says why, for the owner of the set."""


@dataclass(frozen=True, slots=True)
class StickerFile:
    """A member of a pack, and a file of the pack's own that shows it."""

    member: PackMember
    path: Path


def put_sticker(lease: Lease, member: PackMember, store: Store, path: Path) -> StickerFile:
    """Put the file of a sticker at `path`, made unless an equal one is there. Raises `LeftOut`, `LeaseLost`.

    From then on its project may be deleted. One whose frames are damaged is noted, and repaired after the job.
    """
    if not member.shown.files:
        raise LeftOut(UNFINISHED)
    try:
        name, frames = _fresh_file(member, store) or _make(lease, member, store)
        path.write_bytes(storage.read(name))
    except CannotFit as error:
        raise LeftOut(str(error)) from error
    except ProjectGone:
        raise LeftOut(DELETED) from None
    except storage.UNREADABLE:
        if not remaining([member.project.pk]):
            raise LeftOut(DELETED) from None
        lease.damaged.add(member.project.pk)
        raise LeftOut(DAMAGED) from None
    if store.must_move and frames < 2:
        raise LeftOut(f"It stands still, and {store.chat} takes no stills beside what moves.")
    return StickerFile(member, path)


def remaining(project_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these projects that nobody has deleted, also not into the trash."""
    return set(Project.objects.filter(pk__in=project_ids, trashed_at=None).values_list("pk", flat=True))


def _fresh_file(member: PackMember, store: Store) -> tuple[str, int] | None:
    """Return name and frames of a stored file that shows this loop and keeps today's rules."""
    exports = member.project.exports.filter(platform=store.slug).of_options({})
    files = ExportFile.objects.filter(export__in=exports.done_showing(member.project.finish, member.shown.digest))
    for file in files.select_related("export").order_by("-pk"):
        name = str(file.file)
        if are_measured(file.export.checks, store.platform) and storage.is_intact(name):
            return name, file.frames
    return None


def _make(lease: Lease, member: PackMember, store: Store) -> tuple[str, int]:
    made = make_file(lease, member.shown, store.platform, member.project.finish)
    stored = store_file(member.project, made)
    with lease.revise(member.project.pk) as revision:
        _write_rows(member, made, stored, revision)
    return stored, made.report.frames


def _write_rows(member: PackMember, made: MadeFile, stored: str, revision: int) -> None:
    """Keep the file as a finished preview: an export that asks for it takes it, and else it goes after a day."""
    project, now = member.project, timezone.now()
    done = {"status": Job.Status.SUCCEEDED, "done": 1, "total": 1, "revision": revision}
    times = {"enqueued_at": now, "started_at": now, "finished_at": now}
    job = Job.objects.create(project=project, kind=Job.Kind.PREVIEW, **done, **times)
    row = Export.objects.create(
        project=project,
        job=job,
        platform=made.platform.slug,
        is_preview=True,
        status=Export.Status.RUNNING,
        generation=project.generation,
        finish=project.finish,
        frames_digest=member.shown.digest,
        frames_revision=revision,
        revision=revision,
    )
    finish_export(row, made, stored, revision)
