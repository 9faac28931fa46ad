from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from animations.actions.errors import ActionError
from animations.actions.export import export
from animations.actions.previews import KEPT, MAX_LIVE, preview
from animations.actions.projects.finish import set_finish
from animations.actions.quota import count_live_jobs
from animations.finish.options import Finish, Outline
from animations.models import Job, Project
from animations.models.transitions import revise
from tests.actions.conftest import QueuedMessages, RunOnCommit, finish_export
from tests.conftest import MakeProject


def choose_another_candidate(project: Project) -> None:
    with revise(project.pk):
        frame = project.current_frames()[0]
        frame.chosen = next(other for other in frame.candidates.all() if other.pk != frame.chosen_id)
        frame.save(update_fields=["chosen"])


def test_a_preview_waits_on_a_queue_of_its_own_and_is_no_export(
    project: Project, run_on_commit: RunOnCommit, queued_messages: QueuedMessages
) -> None:
    with run_on_commit():
        made = preview(project, "gif")
    assert queued_messages("previews") == [("animations.jobs.run", str(made.job_id))]
    assert (queued_messages("bulk"), queued_messages("interactive")) == ([], [])
    assert [row.platform for row in project.exports.requested()] == ["slack"]
    assert count_live_jobs(project.owner_id) == 0, "it counts against nobody"


def test_an_equal_preview_is_answered_and_nothing_is_written(project: Project) -> None:
    made = preview(project, "gif")
    project.refresh_from_db()
    before = project.revision
    assert preview(project, "gif") == made
    finish_export(made)
    project.refresh_from_db()
    before = project.revision
    answered = preview(project, "gif")
    assert (answered.pk, answered.status, answered.frames_revision) == (made.pk, "succeeded", before)
    project.refresh_from_db()
    assert project.revision == before


def test_a_change_and_its_undo_make_one_more_file(project: Project) -> None:
    first = preview(project, "gif")
    finish_export(first)
    choose_another_candidate(project)
    second = preview(project, "gif")
    assert second != first
    finish_export(second)
    choose_another_candidate(project)
    project.refresh_from_db()
    assert preview(project, "gif") == first
    set_finish(project, Finish(outline=Outline()))
    assert preview(project, "gif") not in (first, second)


def test_the_next_preview_takes_the_place_of_the_one_under_way(project: Project) -> None:
    first = preview(project, "gif")
    second = preview(project, "slack")
    first.refresh_from_db()
    assert (first.status, first.job.status) == ("cancelled", "cancelled")
    assert list(project.jobs.live()) == [second.job]
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(project=project, kind="preview", revision=9)


def test_an_export_that_is_asked_for_does_not_wait_for_a_preview(project: Project) -> None:
    looked_at = preview(project, "gif")
    asked_for = export(project, ["gif"])[0]
    looked_at.refresh_from_db()
    assert (looked_at.status, asked_for.status, asked_for.is_preview) == ("cancelled", "queued", False)
    assert preview(project, "gif") == asked_for, "the one under way is as good"


def test_a_project_keeps_its_last_previews(project: Project) -> None:
    made = []
    for number in range(KEPT + 2):
        set_finish(project, Finish(outline=Outline(width=0.01 * (number + 1))))
        made.append(preview(project, "gif"))
        finish_export(made[-1])
    kept = set(project.exports.previews())
    assert kept == set(made[-KEPT:])


def test_a_person_has_few_previews_under_way(owner: User, project: Project, new_project: MakeProject) -> None:
    for _ in range(MAX_LIVE):
        preview(new_project(owner), "gif")
    with pytest.raises(ActionError) as refused:
        preview(project, "gif")
    assert (refused.value.status, refused.value.wait) == (429, 5)


def test_without_a_finished_frame_there_is_nothing_to_look_at(project: Project) -> None:
    project.frames.update(chosen=None)
    with pytest.raises(ActionError) as refused:
        preview(project, "slack")
    assert refused.value.status == 409
    with pytest.raises(ActionError, match="myspace") as unknown:
        preview(project, "myspace")
    assert unknown.value.attr == "platform"
