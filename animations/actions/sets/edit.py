"""Change a set: its name, its projects and their order, its cover; generate again what failed; delete it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from animations.actions.errors import ActionError
from animations.actions.generate import generate
from animations.actions.plan.options import GenerateOptions
from animations.actions.quota import check_live_jobs
from animations.encode.graphemes import truncate
from animations.models import EmojiSet, Job, Project
from animations.models.users.lock import lock_person

NOT_YOURS = "One of these emojis is not there, or not yours."


def clean_name(name: str) -> str:
    """Return a set's name on one line. Raises `ActionError` for an empty one."""
    cleaned = truncate(" ".join(name.split()), EmojiSet.NAME_LENGTH)
    if not cleaned:
        raise ActionError("required", "Give the set a name.", "name")
    return cleaned


def require_free(user: AbstractBaseUser, projects: Sequence[UUID], emoji_set: EmojiSet | None) -> None:
    """Raise `ActionError` unless these are projects of the user, each named once, and in no other set."""
    rows = dict(Project.objects.editable_by(user).filter(pk__in=projects).values_list("pk", "emoji_set"))
    if len(set(projects)) != len(projects):
        raise ActionError("invalid", "One of these emojis is named twice.", "projects")
    if len(rows) != len(projects):
        raise ActionError("does_not_exist", NOT_YOURS, "projects")
    if any(held and (emoji_set is None or held != emoji_set.pk) for held in rows.values()):
        raise ActionError(
            "in_other_set", "One of these emojis is in another set. Take it out there first.", "projects"
        )


@transaction.atomic
def edit_set(user: AbstractBaseUser, emoji_set: EmojiSet, changes: dict[str, Any]) -> None:
    """Change the `name`, the `projects` (all that it then holds, in order) or the `cover` (None: the first).

    Raises `ActionError`, and `EmojiSet.DoesNotExist` where it was deleted meanwhile; then nothing has changed.
    """
    lock_person(user.pk)
    emoji_set.refresh_from_db()
    values: dict[str, Any] = {}
    if "name" in changes:
        values["name"] = clean_name(changes["name"])
    if "projects" in changes:
        _set_projects(user, emoji_set, changes["projects"])
    held = set(emoji_set.shown_projects().values_list("pk", flat=True))
    if "cover" in changes:
        values["cover_id"] = changes["cover"]
        if values["cover_id"] and values["cover_id"] not in held:
            raise ActionError("does_not_exist", "The cover is one of the set's emojis.", "cover")
    elif emoji_set.cover_id and emoji_set.cover_id not in held:
        values["cover_id"] = None
    if values:
        EmojiSet.objects.filter(pk=emoji_set.pk).update(**values)


def _set_projects(user: AbstractBaseUser, emoji_set: EmojiSet, projects: Sequence[UUID]) -> None:
    most = EmojiSet.SIZE[1]
    if not 1 <= len(projects) <= most:
        raise ActionError("invalid", f"A set keeps 1 to {most} emojis. Delete it to let all of them go.", "projects")
    require_free(user, projects, emoji_set)
    emoji_set.set_projects(projects)


@transaction.atomic
def delete_set(user: AbstractBaseUser, emoji_set: EmojiSet) -> None:
    """Delete the set with its packs, whose live jobs are cancelled; its projects stay."""
    lock_person(user.pk)
    emoji_set.remove_all_projects()
    emoji_set.delete()


@transaction.atomic
def retry_set(user: AbstractBaseUser, emoji_set: EmojiSet) -> list[Job]:
    """Generate again all projects of the set that have failed or were cancelled, as they are; return their jobs.

    Raises `ActionError` where there is none, or not all of them can be started.
    """
    lock_person(user.pk)
    ended = (Project.Status.FAILED, Project.Status.CANCELLED)
    failed = list(emoji_set.shown_projects().filter(status__in=ended).select_related("source", "owner"))
    if not failed:
        raise ActionError("nothing_to_retry", "No emoji of this set has failed.", status=409)
    check_live_jobs(user.pk, len(failed))
    return [generate(project, GenerateOptions()) for project in failed]
