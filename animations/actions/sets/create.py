"""Create sets: of one picture with several motions, or of projects that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from animations.actions.plan import names
from animations.actions.plan.generation import GenerationPlan, plan_generation
from animations.actions.plan.motions import Motion
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import check_limits, save_rows, within_limits
from animations.actions.projects.sources import StoredPicture, copy_picture, store_upload
from animations.actions.sets.edit import clean_name, require_free
from animations.actions.sets.motions import check_size, read_motions
from animations.matte.engines import AUTO, engine_for
from animations.models import EmojiSet, Project
from animations.models.users.lock import lock_person

BeforeCommit = Callable[[EmojiSet], object]


def create_set(
    user: AbstractBaseUser,
    upload: UploadedFile[bytes],
    motions: Sequence[str],
    options: GenerateOptions,
    *,
    start: bool = True,
    before_commit: BeforeCommit = lambda _: None,
) -> EmojiSet:
    """Create a project of `user` for each of these motions of one picture, all in one set.

    The picture is decoded once, and matted once by the first job that needs its matte. `options.name` names the set
    and stands before the motion in the projects' names. What `before_commit` writes is committed with the rows.
    Raises `ActionError`; then no row and no file is left behind.
    """
    options.check()
    read = read_motions(motions, options)
    check_limits(user, (upload.size or 0) * len(read), len(read), start=start)
    with store_upload(user, upload, len(read)) as picture:
        return _create(user, picture, options.name, read, start, before_commit)


def create_set_from(
    project: Project,
    motions: Sequence[str],
    options: GenerateOptions,
    *,
    start: bool = True,
    before_commit: BeforeCommit = lambda _: None,
) -> EmojiSet:
    """Create a set, as `create_set` does, of the picture of a project that is there; the project is not in it.

    The project's mattes are used, if the engine has made one of them. Raises `ActionError`, and `ProjectGone`.
    """
    options.check()
    read = read_motions(motions, options)
    check_limits(project.owner, 0, len(read), start=start)
    source = project.source
    engine = engine_for(options.matte or AUTO, source.background)
    is_matted = source.mattes.filter(engine=engine).exists()
    with copy_picture(project, len(read), with_mattes=is_matted) as picture:
        return _create(project.owner, picture, options.name, read, start, before_commit)


def _create(
    user: AbstractBaseUser,
    picture: StoredPicture,
    name: str | None,
    read: Sequence[tuple[GenerateOptions, Motion]],
    start: bool,
    before_commit: BeforeCommit,
) -> EmojiSet:
    plans = [plan_generation(picture.rows[0][0], *each) for each in read]
    with within_limits(user, picture.size * len(plans), len(plans)) as owner_id:
        made = EmojiSet.objects.create(owner_id=owner_id, name=clean_name(name or picture.stem))
        columns = _columns(made, plans)
        for (source, mattes), plan, values in zip(picture.rows, plans, columns, strict=True):
            project = Project(pk=source.project_id, owner_id=owner_id, stored_bytes=picture.size, **values)
            save_rows(project, source, mattes, plan if start else None)
        before_commit(made)
    return made


def _columns(made: EmojiSet, plans: Sequence[GenerationPlan]) -> Iterator[dict[str, Any]]:
    recipes = [plan.columns["recipe"] for plan in plans if plan.columns["recipe"]]
    for position, plan in enumerate(plans):
        place = {"emoji_set": made, "set_position": position, "set_recipes": recipes}
        yield plan.columns | place | names.first_name(made.name, None, plan.columns)


@transaction.atomic
def gather_set(
    user: AbstractBaseUser, name: str, projects: Sequence[UUID], *, before_commit: BeforeCommit = lambda _: None
) -> EmojiSet:
    """Create a set of a person's projects, in this order. What `before_commit` writes is committed with the rows.

    Raises `ActionError` for one that is not theirs, or is in another set, and for too few or too many.
    """
    check_size(len(projects), "projects")
    lock_person(user.pk)
    require_free(user, projects, None)
    made = EmojiSet.objects.create(owner_id=user.pk, name=clean_name(name))
    made.set_projects(projects)
    before_commit(made)
    return made
