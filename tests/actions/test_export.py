from __future__ import annotations

from collections.abc import Sequence

import pytest

from animations.actions.errors import ActionError, Busy
from animations.actions.export import MOST_LIVE, export
from animations.models import Export, Job, Project
from tests.actions.conftest import Commits, Waiting


def asked(project: Project) -> list[Export]:
    return list(project.exports.filter(status="queued").order_by("platform"))


def test_one_job_makes_an_export_per_platform_and_is_put_on_its_queue(
    project: Project, committed: Commits, waiting: Waiting
) -> None:
    with committed():
        made = export(project, ["slack", "gif", "slack"])
    assert [row.platform for row in made] == ["slack", "gif"]
    job = Job.objects.get(kind="export", status="queued")
    assert (job.total, job.revision) == (2, 2)
    assert [(row.platform, row.job, row.revision) for row in asked(project)] == [("gif", job, 2), ("slack", job, 2)]
    assert waiting("bulk") == [("animations.jobs.run", str(job.pk))]


@pytest.mark.parametrize(
    ("platforms", "code", "word"),
    [
        ([], "required", "at least one"),
        (["slack", "myspace"], "invalid_choice", "myspace"),
        (["slack", "telegram_sticker"], "unavailable", "later"),
    ],
)
def test_a_platform_that_cannot_be_served_is_named_and_nothing_is_made(
    project: Project, platforms: Sequence[str], code: str, word: str
) -> None:
    with pytest.raises(ActionError, match=word) as refused:
        export(project, platforms)
    assert (refused.value.code, refused.value.attr, refused.value.status) == (code, "platforms", 400)
    assert asked(project) == []


def test_without_a_finished_frame_there_is_nothing_to_export(project: Project) -> None:
    project.frames.update(chosen=None)
    with pytest.raises(ActionError) as refused:
        export(project, ["slack"])
    assert (refused.value.code, refused.value.status) == ("not_ready", 409)
    assert asked(project) == []


def test_only_so_many_exports_of_one_emoji_are_under_way_at_once(project: Project) -> None:
    for _ in range(MOST_LIVE):
        export(project, ["slack"])
    with pytest.raises(Busy):
        export(project, ["slack"])
    Job.objects.filter(status="queued").first().cancel(9)  # type: ignore[union-attr]
    assert len(export(project, ["slack"])) == 1
