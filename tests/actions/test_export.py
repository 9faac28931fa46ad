from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from animations import storage
from animations.actions.errors import ActionError, Busy
from animations.actions.export import MAX_LIVE_JOBS, export
from animations.actions.projects.edit import edit
from animations.encode.platforms import ExportOptions
from animations.models import Export, Job, Project
from animations.models.loop import chosen_loop
from tests.actions.conftest import QueuedMessages, RunOnCommit, finish_export


def queued_exports(project: Project) -> list[Export]:
    return list(project.exports.filter(status="queued").order_by("platform"))


def test_one_job_makes_an_export_per_platform_and_is_put_on_its_queue(
    project: Project, run_on_commit: RunOnCommit, queued_messages: QueuedMessages
) -> None:
    with run_on_commit():
        made = export(project, ["slack", "gif", "slack"])
    assert [row.platform for row in made] == ["slack", "gif"]
    job = Job.objects.get(kind="export", status="queued")
    assert (job.total, job.revision) == (2, 2)
    assert [(row.platform, row.job, row.revision) for row in queued_exports(project)] == [
        ("gif", job, 2),
        ("slack", job, 2),
    ]
    assert queued_messages("bulk") == [("animations.jobs.run", str(job.pk))]


@pytest.mark.parametrize(
    ("platforms", "code", "word"),
    [
        ([], "required", "at least one"),
        (["slack", "myspace"], "invalid_choice", "myspace"),
    ],
)
def test_an_unknown_platform_is_refused_by_name(
    project: Project, platforms: Sequence[str], code: str, word: str
) -> None:
    with pytest.raises(ActionError, match=word) as refused:
        export(project, platforms)
    assert (refused.value.code, refused.value.attr, refused.value.status) == (code, "platforms", 400)
    assert queued_exports(project) == []


def test_without_a_finished_frame_there_is_nothing_to_export(project: Project) -> None:
    project.frames.update(chosen=None)
    with pytest.raises(ActionError) as refused:
        export(project, ["slack"])
    assert (refused.value.code, refused.value.status) == ("not_ready", 409)
    assert queued_exports(project) == []


def test_a_project_has_at_most_four_live_export_jobs(project: Project) -> None:
    for platform in ("slack", "discord_emoji", "gif", "apng")[:MAX_LIVE_JOBS]:
        export(project, [platform])
    with pytest.raises(Busy):
        export(project, ["webp"])
    Job.objects.filter(status="queued").first().cancel(9)  # type: ignore[union-attr]
    assert len(export(project, ["webp"])) == 1


def test_an_equal_live_export_is_returned_and_only_missing_ones_are_made(
    project: Project, run_on_commit: RunOnCommit, queued_messages: QueuedMessages, settings: Settings
) -> None:
    settings.MAX_QUEUED_PER_PERSON = 1
    with run_on_commit():
        slack = export(project, ["slack"])[0]
    with run_on_commit():
        again = export(project, ["gif", "slack"])
    assert [row.platform for row in again] == ["gif", "slack"]
    assert again[1] == slack
    assert again[0].job.total == 1
    assert queued_messages("bulk") == [("animations.jobs.run", str(slack.job_id))]
    assert export(project, ["slack", "gif"]) == [slack, again[0]]
    assert Job.objects.filter(kind="export", status="queued").count() == 2


def choose_another_candidate(project: Project, ordinal: int = 1) -> None:
    frame = project.current_frames()[0]
    frame.chosen = frame.candidates.get(ordinal=ordinal)
    frame.save(update_fields=["chosen"])


def start_export(row: Export, project: Project) -> None:
    Export.start_all([row], 9, chosen_loop(project).digest)


def test_an_export_of_other_frames_is_not_equal(project: Project) -> None:
    first = export(project, ["slack"])[0]
    start_export(first, project)
    assert export(project, ["slack"]) == [first]
    choose_another_candidate(project)
    second = export(project, ["slack"])[0]
    assert second != first
    assert export(project, ["slack"]) == [second], "it is queued, so it will read what is chosen now"


def test_an_export_that_is_queued_will_show_what_is_chosen_then(project: Project) -> None:
    first = export(project, ["slack"])[0]
    choose_another_candidate(project)
    assert export(project, ["slack"]) == [first]


def test_an_export_that_is_queued_for_an_earlier_motion_is_not_equal(project: Project) -> None:
    first = export(project, ["slack"])[0]
    project.frames.update(generation=project.generation + 1)
    Project.objects.filter(pk=project.pk).update(generation=project.generation + 1)
    second = export(project, ["slack"])[0]
    assert second != first
    assert set(queued_exports(project)) == {first, second}


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_an_export_that_has_not_succeeded_is_made_again(project: Project, status: str) -> None:
    first = export(project, ["slack"])[0]
    Export.objects.filter(pk=first.pk).update(status=status)
    assert export(project, ["slack"])[0] != first


def test_a_fresh_export_is_answered_as_the_newest_also_after_a_change_and_its_undo(project: Project) -> None:
    slack, webp = export(project, ["slack"])[0], export(project, ["webp"])[0]
    finish_export(webp)
    assert export(project, ["slack", "webp"]) == [slack, webp]
    finish_export(slack)
    choose_another_candidate(project)
    other = export(project, ["slack"])[0]
    assert other != slack
    finish_export(other)
    choose_another_candidate(project, 0)
    edit(project, {"name": "Disc"})
    answered = export(project, ["slack"])[0]
    assert (answered.pk, answered.files.get().name) == (slack.pk, "Disc-slack.gif")
    project.refresh_from_db()
    assert answered.frames_revision == project.revision, "the studio sees that it shows the frames as they are"
    assert project.exports.requested().filter(platform="slack").order_by("-created_at").first() == slack


def break_rule(row: Export) -> None:
    row.checks[0]["limit"] = "another"
    row.save(update_fields=["checks"])


def lose_file(row: Export) -> None:
    storage.delete(str(row.files.get().file))


def change_options(row: Export) -> None:
    row.options = {"loops": 2}
    row.save(update_fields=["options"])


@pytest.mark.parametrize("change", [break_rule, lose_file, change_options])
def test_an_export_by_other_rules_or_options_or_without_its_file_is_made_again(
    project: Project, change: Callable[[Export], None]
) -> None:
    first = export(project, ["slack"])[0]
    finish_export(first)
    change(first)
    again = export(project, ["slack"])[0]
    assert (again != first, again.status) == (True, "queued")
    finish_export(again)
    assert export(project, ["slack"])[0] == again


def test_the_database_takes_no_second_queued_export_of_a_platform(project: Project) -> None:
    first = export(project, ["slack"])[0]
    job = Job.objects.create(project=project, kind="export", revision=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.create(project=project, job=job, platform="slack", generation=first.generation, revision=9)
    start_export(first, project)
    Export.objects.create(project=project, job=job, platform="slack", revision=9)


def test_other_options_make_another_file_and_equal_ones_the_same(project: Project) -> None:
    sharp = export(project, ["slack"], ExportOptions("sharp", "dark"))[0]
    assert sharp.options == {"prefer": "sharp", "ground": "dark"}
    usual = export(project, ["slack"])[0]
    assert (usual.options, usual.pk == sharp.pk) == ({}, False)
    assert export(project, ["slack"], ExportOptions("sharp", "dark"))[0].pk == sharp.pk
