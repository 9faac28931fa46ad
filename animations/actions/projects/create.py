"""Create projects: of uploaded pictures and clips, or of those of a project that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from animations.actions.generate import start_generation
from animations.actions.jobs import check_room
from animations.actions.plan import names
from animations.actions.plan.generation import GenerationPlan, plan_generation
from animations.actions.plan.motions import Motion, read_motion
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.sources import StoredPicture, copy_picture, store_upload
from animations.actions.quota import check_live_jobs, check_projects, check_stored
from animations.models import Guest, Matte, Project, Source
from animations.models.transitions import revise
from animations.models.users.lock import lock_person

BeforeCommit = Callable[[Project], object]


def create_project(
    user: AbstractBaseUser,
    upload: UploadedFile[bytes],
    options: GenerateOptions,
    *,
    start: bool = True,
    before_commit: BeforeCommit = lambda _: None,
) -> Project:
    """Create a project of `user` from an uploaded picture or clip; with `start`, generate its frames.

    What `before_commit` writes is committed with the rows. Raises `ActionError`; then no row and no file is left
    behind.
    """
    options.check()
    check_limits(user, upload.size or 0, start=start)
    motion = read_motion(options)  # what is wrong with words is said before the file is opened
    with store_upload(user, upload) as picture:
        return _create(user, picture, options, motion, start, before_commit)


def create_from(
    project: Project,
    options: GenerateOptions,
    *,
    start: bool = True,
    before_commit: BeforeCommit = lambda _: None,
) -> Project:
    """Create a project of another one's picture or clip, with its mattes; with `start`, generate its frames.

    What `before_commit` writes is committed with the rows. Raises `ActionError`, and `ProjectGone`.
    """
    options.check()
    check_limits(project.owner, project.stored_bytes, start=start)
    motion = read_motion(options)
    with copy_picture(project) as picture:
        return _create(project.owner, picture, options, motion, start, before_commit)


def _create(
    user: AbstractBaseUser,
    picture: StoredPicture,
    options: GenerateOptions,
    motion: Motion | None,
    start: bool,
    before_commit: BeforeCommit,
) -> Project:
    [(source, mattes)] = picture.rows
    plan = plan_generation(source, options, motion)
    columns = plan.columns | names.first_name(picture.stem, options.name, plan.columns)
    with within_limits(user, picture.size) as owner_id:
        project = Project(pk=source.project_id, owner_id=owner_id, stored_bytes=picture.size, **columns)
        save_rows(project, source, mattes, plan if start else None)
        before_commit(project)
    return project


def check_limits(user: AbstractBaseUser, size: int, projects: int = 1, *, start: bool) -> None:
    """Raise `ActionError` where a person may not have so many projects more, of so many bytes in all."""
    check_room()
    check_projects(user, projects)
    check_stored(user.pk, size)
    if start:
        check_live_jobs(user.pk, projects)


def save_rows(project: Project, source: Source, mattes: list[Matte], plan: GenerationPlan | None = None) -> None:
    """Save the rows of a new project, its source and its mattes; with a plan, generate its frames."""
    project.save(force_insert=True)
    source.project = project
    source.save(force_insert=True)
    Matte.objects.bulk_create(mattes)
    if plan:
        with revise(project.pk) as revision:
            start_generation(project, plan, revision)


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
