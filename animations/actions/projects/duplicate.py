"""Make a project of another one's picture and rows: nothing is decoded, matted or drawn again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from django.db import models
from django.utils.translation import gettext

from animations import storage
from animations.actions.errors import Busy
from animations.actions.generate import start_generation
from animations.actions.jobs import check_live_jobs, check_room, check_stored
from animations.actions.plan import names
from animations.actions.plan.generation import plan_generation
from animations.actions.plan.motions import read_motion
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.copies import Row, copy_row
from animations.actions.projects.create import check_projects, within_limits
from animations.encode.graphemes import truncate
from animations.models import Candidate, Frame, Matte, Project, Source
from animations.models.transitions import ProjectGone, revise


class RowCopies:
    """Copies of a project's rows, not yet saved, whose files are in the folder of another project."""

    def __init__(self, project_id: UUID) -> None:
        self.project_id = project_id
        self.bytes = 0
        self._keys: dict[UUID, UUID] = {}
        self._files: dict[str, str] = {}

    def copy(self, row: Row, **values: Any) -> Row:
        """Copy a row with other `values`; rows that it refers to are replaced by their copies, or by nothing."""
        copied = copy_row(row, self.key_of(row.pk), **values)
        for field in copied._meta.get_fields():
            if isinstance(field, models.FileField) and (name := getattr(row, field.name).name):
                setattr(copied, field.attname, self._file(name))
        return copied

    def key_of(self, key: Any) -> Any:
        """Return the key of a row's copy; None for none."""
        return self._keys.setdefault(key, uuid4()) if key else None

    def known(self, key: Any) -> Any:
        """Return the key of the copy of a row that was copied before; None for another."""
        return self._keys.get(key)

    def _file(self, name: str) -> str:
        if name not in self._files:
            self._files[name] = storage.copy_file(name, self.project_id)
            self.bytes += storage.stored_size(self._files[name]) or 0
        return self._files[name]

    def copy_source(self, source: Source) -> tuple[Source, list[Matte]]:
        """Copy a source, and the mattes that were made of it, the oldest first."""
        mattes = [
            self.copy(matte, source_id=self.key_of(source.pk), parent_id=self.known(matte.parent_id), call_id=None)
            for matte in source.mattes.order_by("created_at", "pk")
        ]
        return self.copy(source, project_id=self.project_id, matte_id=self.known(source.matte_id)), mattes

    def copy_frames(self, project: Project) -> tuple[list[Frame], list[Candidate]]:
        """Copy the frames of the current generation, with their candidates that are ready."""
        frames, candidates = [], []
        for frame in project.current_frames().prefetch_related("candidates"):
            ready = [one for one in frame.candidates.all() if one.status == Candidate.Status.READY]
            candidates += [self._copy_candidate(one, frame) for one in ready]
            chosen = self.known(frame.chosen_id)
            status = Frame.Status.READY if chosen else Frame.Status.FAILED
            values = {"project_id": self.project_id, "chosen_id": chosen, "status": status, "revision": 1}
            frames.append(self.copy(frame, **values))
        return frames, candidates

    def _copy_candidate(self, candidate: Candidate, frame: Frame) -> Candidate:
        return self.copy(
            candidate,
            frame_id=self.key_of(frame.pk),
            parent_id=self.known(candidate.parent_id),
            matte_id=self.known(candidate.matte_id),
            job_id=None,
        )


def duplicate(project: Project) -> Project:
    """Copy a project as it is shown: its picture, mattes, frames and their candidates.

    Raises `Busy` while its frames are made, `ProjectGone` when it is deleted meanwhile, and `ActionError` for a full
    quota.
    """
    if project.status == Project.Status.WORKING:
        raise Busy.on("emoji")
    _check_quotas(project)
    with _new_folder() as copies:
        source, mattes = copies.copy_source(project.source)
        frames, candidates = copies.copy_frames(project)
        made = _copy_project(project, copies)
        with within_limits(project.owner, copies.bytes) as made.owner_id:
            _save(made, source, mattes)
            Frame.objects.bulk_create(frames)
            Candidate.objects.bulk_create(candidates)
    return made


def create_from(
    project: Project,
    options: GenerateOptions,
    *,
    start: bool = True,
    before_commit: Callable[[Project], object] = lambda _: None,
) -> Project:
    """Create a project of another one's picture or clip, with its mattes; with `start`, generate its frames.

    What `before_commit` writes is committed with the rows. Raises `ActionError`, and `ProjectGone`.
    """
    options.check()
    _check_quotas(project)
    if start:
        check_live_jobs(project.owner_id)
    motion = read_motion(options)
    with _new_folder() as copies:
        source, mattes = copies.copy_source(project.source)
        plan = plan_generation(source, options, motion)
        columns = {"stored_bytes": copies.bytes} | plan.columns
        columns |= names.first_name(names.stem_of(project), options.name, plan.columns)
        made = Project(pk=copies.project_id, owner_id=project.owner_id, **columns)
        with within_limits(project.owner, copies.bytes) as made.owner_id:
            _save(made, source, mattes)
            if start:
                with revise(made.pk) as revision:
                    start_generation(made, plan, revision)
            before_commit(made)
    return made


def _check_quotas(project: Project) -> None:
    check_room()
    check_projects(project.owner)
    check_stored(project.owner_id, project.stored_bytes)


@contextmanager
def _new_folder() -> Iterator[RowCopies]:
    """Yield an empty folder's copies; it is deleted where the project does not come about."""
    copies = RowCopies(uuid4())
    try:
        yield copies
    except BaseException as error:
        storage.delete_project_files(copies.project_id)
        if isinstance(error, FileNotFoundError):
            raise ProjectGone(str(copies.project_id)) from error
        raise


def _copy_project(project: Project, copies: RowCopies) -> Project:
    suffix = gettext(" copy")
    return copy_row(
        project,
        copies.project_id,
        name=f"{truncate(project.name, Project.NAME_LENGTH - len(suffix))}{suffix}",
        has_own_name=True,
        kept=None,
        poster_id=copies.known(project.poster_id),
        emoji_set_id=None,
        revision=1,
        frame_list_revision=1,
        swept_revision=Project.NEVER_SWEPT,
        stored_bytes=copies.bytes,
    )


def _save(project: Project, source: Source, mattes: list[Matte]) -> None:
    project.save(force_insert=True)
    source.project = project
    source.save(force_insert=True)
    Matte.objects.bulk_create(mattes)
