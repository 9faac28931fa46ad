"""Copy a project as it is shown: nothing is decoded, matted or drawn again."""

from __future__ import annotations

from django.utils.translation import gettext

from animations.actions.errors import Busy
from animations.actions.projects.copies import RowCopies, copy_row, new_folders
from animations.actions.projects.create import BeforeCommit, check_limits, save_rows, within_limits
from animations.actions.projects.sources import gone_with_files
from animations.encode.graphemes import truncate
from animations.models import Candidate, Frame, Project


def duplicate(project: Project, *, before_commit: BeforeCommit = lambda _: None) -> Project:
    """Copy a project as it is shown: its picture, mattes, frames and their candidates.

    What `before_commit` writes is committed with the rows. Raises `Busy` while its frames are made, `ProjectGone`
    when it is deleted meanwhile, and `ActionError` for a full quota.
    """
    if project.status == Project.Status.WORKING:
        raise Busy.on("emoji")
    check_limits(project.owner, project.stored_bytes, start=False)
    with gone_with_files(project), new_folders() as [copies]:
        source, mattes = copies.copy_source(project.source)
        frames, candidates = copies.copy_frames(project)
        made = _copy_project(project, copies)
        with within_limits(project.owner, copies.bytes) as made.owner_id:
            save_rows(made, source, mattes)
            Frame.objects.bulk_create(frames)
            Candidate.objects.bulk_create(candidates)
            before_commit(made)
    return made


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
