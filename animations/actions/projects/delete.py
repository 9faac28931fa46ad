"""Put projects in the trash, take them out of it, and delete them for good."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from animations.actions.errors import ActionError
from animations.actions.projects.create import within_limits
from animations.models import EmojiSet, Project, job_outcomes
from animations.models.transitions import ProjectGone, revise


def trash(project: Project) -> None:
    """Put the project in the trash: it is gone for everybody, its jobs are cancelled, the rest is kept for a while.

    The oldest of a full trash goes for good. Raises `ProjectGone` when somebody has deleted it meanwhile.
    """
    with revise(project.pk) as revision:
        for job in project.jobs.live():
            job_outcomes.cancel_job(job, revision)
        project.move_to_trash()
    for oldest in Project.objects.in_trash_of(project.owner_id)[Project.TRASH_SIZE :]:
        with suppress(ProjectGone):
            delete(oldest)


def restore(user: AbstractBaseUser, project_id: UUID) -> None:
    """Take a project of `user` out of the trash.

    Raises `ProjectGone` where it is not there, or no more, and `ActionError` where it would be one too many: 403 of
    theirs, 409 in its set.
    """
    project = Project.objects.in_trash_of(user.pk).filter(pk=project_id).first()
    if project is None:
        raise ProjectGone(str(project_id))
    with within_limits(user, project.stored_bytes), revise(project.pk, also_trashed=True):
        _check_room_in_set(project)
        project.leave_trash()


def _check_room_in_set(project: Project) -> None:
    """Raise `ActionError` (409) where others have taken its place. The person's row is locked."""
    most = EmojiSet.SIZE[1]
    emoji_set = EmojiSet.objects.filter(projects=project.pk).first()
    if emoji_set and emoji_set.shown_projects().count() >= most:
        detail = f"Its set has {most} emojis by now, the most. Take one of them out first."
        raise ActionError("set_full", detail, status=409)


def delete(project: Project) -> None:
    """Delete the project, its rows and its files. A run that still works on it finds its lease gone and stops.

    Others of its set may have waited for the matte that it was to make; the next of them makes it now.
    Raises `ProjectGone` when somebody has deleted it meanwhile.
    """
    project.delete()
    if project.emoji_set_id:
        transaction.on_commit(partial(job_outcomes.resume_waiting, project))
