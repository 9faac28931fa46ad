"""Create sets: of one picture with several motions, or of projects that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from animations import storage
from animations.actions import uploads
from animations.actions.generate import start_generation
from animations.actions.jobs import check_stored
from animations.actions.plan import names
from animations.actions.plan.generation import GenerationPlan, plan_generation
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import check_limits, create_rows, within_limits
from animations.actions.projects.duplicate import RowCopies
from animations.actions.sets.edit import clean_name, require_free
from animations.actions.sets.motions import check_size, read_motions
from animations.models import EmojiSet, Source
from animations.models.people.lock import lock_person
from animations.models.transitions import revise

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
    with uploads.decode_upload(user.pk, upload) as decoded:
        size = decoded.size * len(read)
        check_stored(user.pk, size)
        name = options.name or uploads.file_stem(upload)
        with _stored(decoded, len(read)) as sources:
            plans = [plan_generation(sources[0], *each) for each in read]
            with within_limits(user, size, len(plans)) as owner_id:
                made = EmojiSet.objects.create(owner_id=owner_id, name=clean_name(name))
                columns = _columns(made, plans, decoded.size)
                for source, plan, values in zip(sources, plans, columns, strict=True):
                    _create_project(source, plan, values, start=start)
                before_commit(made)
    return made


@contextmanager
def _stored(decoded: uploads.DecodedUpload, count: int) -> Iterator[list[Source]]:
    """Store an upload in the folders of `count` new projects, and yield their rows; delete all if the block fails."""
    folders = [RowCopies(uuid4()) for _ in range(count)]
    try:
        first = uploads.store(decoded, folders[0].project_id)
        yield [first, *(each.copy(first, project_id=each.project_id) for each in folders[1:])]
    except BaseException:
        for each in folders:
            storage.delete_project_files(each.project_id)
        raise


def _columns(made: EmojiSet, plans: Sequence[GenerationPlan], size: int) -> Iterator[dict[str, Any]]:
    recipes = [plan.columns["recipe"] for plan in plans if plan.columns["recipe"]]
    for position, plan in enumerate(plans):
        place = {"emoji_set": made, "set_position": position, "set_recipes": recipes, "stored_bytes": size}
        yield plan.columns | place | names.first_name(made.name, None, plan.columns) | {"owner_id": made.owner_id}


def _create_project(source: Source, plan: GenerationPlan, columns: dict[str, Any], *, start: bool) -> None:
    project = create_rows(columns.pop("owner_id"), source, columns)
    if start:
        with revise(project.pk) as revision:
            start_generation(project, plan, revision)


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
