from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from animations import jobs
from animations.actions.export import export as ask_for_export
from animations.actions.retry import retry as ask_for_retry
from animations.models import Candidate, Export, Frame, Job, Project, files
from animations.work.errors import WorkFailed
from animations.work.export import export, file_name, loop
from animations.work.lease import claim
from animations.work.retry import retry


@pytest.fixture
def ready(make_project: Callable[..., Project]) -> Project:
    project = make_project()
    jobs.run(str(project.jobs.get().pk))
    project.refresh_from_db()
    return project


def test_a_retry_adds_a_candidate_and_changes_only_its_frame(ready: Project) -> None:
    frame = Frame.objects.get(index=3)
    old, others = frame.chosen, list(Candidate.objects.exclude(frame=frame).values())
    job = ask_for_retry(frame, "jump higher", 1)
    retry(claim(str(job.pk)))
    frame.refresh_from_db()
    job.refresh_from_db()
    assert (frame.status, job.status, job.done) == ("ready", "succeeded", 1)
    assert frame.chosen is not None
    assert (frame.chosen.parent, frame.chosen.origin, frame.chosen.prompt) == (old, "retried", "jump higher")
    assert frame.chosen.cutout.name != old.cutout.name if old else False
    assert frame.chosen.seam is not None
    assert frame.chosen.seam > 0
    assert list(Candidate.objects.exclude(frame=frame).values()) == others


def test_an_export_is_measured_from_its_own_bytes(ready: Project) -> None:
    row = ask_for_export(ready, ["slack"])[0]
    export(claim(str(row.job_id)))
    row.refresh_from_db()
    file = row.files.get()
    assert row.status == "succeeded"
    assert all(check["ok"] for check in row.checks)
    data = files.read(file.file.name)
    assert (file.bytes, file.width, file.height, file.format.lower()) == (len(data), 128, 128, "gif")
    with Image.open(io.BytesIO(data)) as gif:
        assert gif.n_frames == file.frames
    assert Job.objects.get(pk=row.job_id).status == "succeeded"


def test_a_frame_without_a_picture_lends_its_time_to_its_neighbour(ready: Project) -> None:
    Frame.objects.filter(index__in=(0, 3)).update(chosen=None, status="failed")
    names, delays = loop(ready)
    assert len(names) == len(delays) == 4
    assert sum(delays) == 6 * 80
    assert delays == [80, 160, 80, 160]
    first = Frame.objects.get(index=1).chosen
    assert first is not None
    assert names[0] == first.cutout.name


def test_a_project_without_a_frame_cannot_be_exported(ready: Project) -> None:
    rows = ask_for_export(ready, ["gif"])
    Frame.objects.update(chosen=None)
    with pytest.raises(WorkFailed):
        loop(ready)
    jobs.run(str(rows[0].job_id))
    assert Export.objects.get().status == "failed"


def test_downloads_have_names_that_every_file_system_takes() -> None:
    from animations.encode.platforms import PLATFORMS

    assert file_name("Ünser Kätzchen / 2!", PLATFORMS["slack"]) == "unser-katzchen-2-slack.gif"
    assert file_name("…", PLATFORMS["discord_emoji"]) == "emoji-discord-emoji.gif"
