"""Copy rows of a project, with the files that they name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import models

from animations import storage
from animations.models import Candidate, Frame, Matte, Project, Source

Row = TypeVar("Row", bound=models.Model)


def copy_row(row: Row, key: UUID, **values: Any) -> Row:
    """Copy a row, not yet saved, under another key and with other `values`."""
    copied = copy(row)
    copied._state = models.base.ModelState()
    copied.pk = key
    for name, value in values.items():
        setattr(copied, name, value)
    return copied


class RowCopies:
    """Copies of a project's rows, not yet saved, whose files are in the folder of another project."""

    def __init__(self, project_id: UUID) -> None:
        self.project_id = project_id
        self.bytes = 0
        self._keys: dict[UUID, UUID] = {}
        self._files: dict[str, str] = {}

    def copy(self, row: Row, **values: Any) -> Row:
        """Copy a row with its files; `values` replace columns, among them the keys of the rows that it refers to."""
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

    def copy_source(self, source: Source, *, with_mattes: bool = True) -> tuple[Source, list[Matte]]:
        """Copy a source, and the mattes that were made of it, the oldest first."""
        mattes = [
            self.copy(matte, source_id=self.key_of(source.pk), parent_id=self.known(matte.parent_id), call_id=None)
            for matte in (source.mattes.order_by("created_at", "pk") if with_mattes else ())
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


@contextmanager
def new_folders(count: int = 1) -> Iterator[list[RowCopies]]:
    """Yield the empty folders of `count` new projects; they are deleted where the block fails."""
    folders = [RowCopies(uuid4()) for _ in range(count)]
    try:
        yield folders
    except BaseException:
        for folder in folders:
            storage.delete_project_files(folder.project_id)
        raise
