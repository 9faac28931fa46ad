"""The picture or clip of new projects, stored in their folders: an upload's, or that of a project that is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile

from animations.actions import uploads
from animations.actions.plan import names
from animations.actions.projects.copies import new_folders
from animations.actions.quota import check_stored
from animations.models import Matte, Project, Source
from animations.models.transitions import ProjectGone


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture or clip in the folders of new projects: what it is called, its bytes in each, and rows for each.

    The rows, a source and its mattes, are not saved yet.
    """

    stem: str
    size: int
    rows: Sequence[tuple[Source, list[Matte]]]


@contextmanager
def store_upload(user: AbstractBaseUser, upload: UploadedFile[bytes], count: int = 1) -> Iterator[StoredPicture]:
    """Decode an upload once and store it in `count` folders, which are deleted if the block fails.

    Raises `ActionError`.
    """
    with uploads.decode_upload(user.pk, upload) as decoded, new_folders(count) as [folder, *others]:
        check_stored(user.pk, decoded.size * count)
        first = uploads.store(decoded, folder.project_id)
        copied = [each.copy(first, project_id=each.project_id) for each in others]
        yield StoredPicture(uploads.file_stem(upload), decoded.size, [(source, []) for source in (first, *copied)])


@contextmanager
def copy_picture(project: Project, count: int = 1, *, with_mattes: bool = True) -> Iterator[StoredPicture]:
    """Copy a project's picture or clip into `count` folders, which are deleted if the block fails.

    Raises `ProjectGone`.
    """
    with gone_with_files(project), new_folders(count) as folders:
        rows = [each.copy_source(project.source, with_mattes=with_mattes) for each in folders]
        yield StoredPicture(names.stem_of(project), folders[0].bytes, rows)


@contextmanager
def gone_with_files(project: Project) -> Iterator[None]:
    """Raise `ProjectGone` where the files of a project are missing in the block: it is deleted meanwhile."""
    try:
        yield
    except FileNotFoundError as error:
        raise ProjectGone(str(project.pk)) from error
