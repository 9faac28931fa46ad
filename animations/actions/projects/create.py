"""Create projects of uploaded pictures and clips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from animations import storage
from animations.actions import uploads
from animations.actions.errors import ActionError
from animations.actions.generate import start_generation
from animations.actions.jobs import check_live_jobs, check_room, check_stored
from animations.actions.plan import names
from animations.actions.plan.generation import plan_generation
from animations.actions.plan.motions import read_motion
from animations.actions.plan.options import GenerateOptions
from animations.models import Guest, Project, Source
from animations.models.people.lock import lock_person
from animations.models.quota import limits_of, stored_by
from animations.models.transitions import revise


def create_project(
    user: AbstractBaseUser,
    upload: UploadedFile[bytes],
    options: GenerateOptions,
    *,
    start: bool = True,
    before_commit: Callable[[Project], object] = lambda _: None,
) -> Project:
    """Create a project of `user` from an uploaded picture or clip; with `start`, generate its frames.

    What `before_commit` writes is committed with the rows. Raises `ActionError`; then no row and no file is left
    behind.
    """
    options.check()
    check_limits(user, upload.size or 0, start=start)
    motion = read_motion(options)  # what is wrong with words is said before the file is opened
    with uploads.decode_upload(user.pk, upload) as decoded:
        check_stored(user.pk, decoded.size)
        with _stored(decoded) as source:
            plan = plan_generation(source, options, motion)
            name = names.first_name(uploads.file_stem(upload), options.name, plan.columns)
            columns = {"stored_bytes": decoded.size} | plan.columns | name
            with within_limits(user, decoded.size) as owner_id:
                project = create_rows(owner_id, source, columns)
                if start:
                    with revise(project.pk) as revision:
                        start_generation(project, plan, revision)
                before_commit(project)
    return project


def check_limits(user: AbstractBaseUser, size: int, projects: int = 1, *, start: bool) -> None:
    """Raise `ActionError` where a person may not have so many projects more, of so many bytes in all."""
    check_room()
    check_projects(user, projects)
    check_stored(user.pk, size)
    if start:
        check_live_jobs(user.pk, projects)


@contextmanager
def _stored(decoded: uploads.DecodedUpload) -> Iterator[Source]:
    """Store the files of a new project, and yield the row that names them; delete them if the block fails."""
    project_id = uuid4()
    try:
        yield uploads.store(decoded, project_id)
    except BaseException:
        storage.delete_project_files(project_id)
        raise


def create_rows(owner_id: Any, source: Source, columns: dict[str, Any]) -> Project:
    """Write the rows of a project, whose files are stored under the key that its `source` names."""
    project = Project.objects.create(pk=source.project_id, owner_id=owner_id, **columns)
    source.project = project
    source.save()
    return project


@contextmanager
def within_limits(user: AbstractBaseUser, size: int, projects: int = 1) -> Iterator[Any]:
    """Open a transaction in which a person gets projects more, of so many bytes in all, and yield their owner's key.

    One follows the other for each person: requests that came at once were all within the limits when they began. A
    guest may have signed up meanwhile. Raises `ActionError`.
    """
    with transaction.atomic():
        lock_person(user.pk)
        check_projects(user, projects)
        check_stored(user.pk, size)
        yield Guest.objects.filter(pk=user.pk).values_list("claimed_by", flat=True).first() or user.pk


def check_projects(user: AbstractBaseUser, more: int = 1) -> None:
    """Raise `ActionError` (403) when a person may not have so many more projects."""
    most, stored = limits_of(user.pk).projects, stored_by(user.pk).projects
    if stored + more > most:
        if hasattr(user, "guest"):
            detail = f"{most} emojis are the most without an account. Sign up to make more; these are kept."
        elif stored >= most:
            detail = f"You have {most} emojis, the most for one person. Delete some first."
        else:
            room = most - stored
            detail = f"There is room for {room} more emojis, and these are {more}. Delete some first."
        raise ActionError("too_many_projects", detail, status=403)
