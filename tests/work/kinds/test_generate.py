from __future__ import annotations

from collections.abc import Callable

import pytest

from animations import jobs, storage
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.models import Candidate, Frame, Job, Project
from animations.work.candidates import count_progress, store_drawn
from animations.work.drawing import draw_frame, renderer_for
from animations.work.kinds.generate import generate
from animations.work.lease import Lease
from tests.work.fake_endpoint import FakeEndpoint


def test_every_frame_gets_its_candidates_and_the_project_is_ready(make_project: Callable[..., Project]) -> None:
    project = make_project()
    job = project.jobs.get()
    jobs.run(str(job.pk))
    project.refresh_from_db()
    job.refresh_from_db()
    assert (project.status, job.status, job.done, job.total) == ("ready", "succeeded", 12, 12)
    frames = list(project.current_frames())
    assert [frame.index for frame in frames] == list(range(6))
    for frame in frames:
        assert frame.chosen is not None
        assert frame.chosen.ordinal == 0
        cutout = png.read(storage.read(frame.chosen.cutout.name))
        assert cutout.shape == (64, 64, 4)
        alpha = png.read(storage.read(frame.chosen.alpha.name))
        assert (alpha == cutout[..., 3]).all()
        assert alpha.max() == 255
    assert len({frame.chosen.cutout.name for frame in frames if frame.chosen}) > 3


def test_the_candidates_of_a_frame_differ(make_project: Callable[..., Project]) -> None:
    project = make_project()
    jobs.run(str(project.jobs.get().pk))
    pairs = [[each.cutout.name for each in frame.candidates.all()] for frame in project.current_frames()]
    assert sum(a != b for a, b in pairs) >= 4


def test_the_source_is_matted_by_one_call_however_many_frames(
    make_project: Callable[..., Project], endpoint: FakeEndpoint
) -> None:
    project = make_project(matte="rembg")
    jobs.run(str(project.jobs.get().pk))
    project.refresh_from_db()
    assert project.status == "ready"
    assert [run["task"] for run in endpoint.runs] == ["rembg"]
    assert project.gpu_calls.get().execution_ms == 1500


def test_a_job_taken_up_again_draws_only_what_is_missing(
    make_project: Callable[..., Project], lease_of: Callable[[Job], Lease]
) -> None:
    project = make_project()
    job = project.jobs.get()
    jobs.run(str(job.pk))
    kept = set(Candidate.objects.exclude(frame__index=4).values_list("pk", "cutout"))
    Frame.objects.filter(index=4).update(status="pending", chosen=None)
    Candidate.objects.filter(frame__index=4).update(status="pending", cutout="")
    Project.objects.update(status="working")
    Job.objects.update(status="queued", finished_at=None)
    jobs.run(str(job.pk))
    project.refresh_from_db()
    assert project.status == "ready"
    assert set(Candidate.objects.exclude(frame__index=4).values_list("pk", "cutout")) == kept
    assert Candidate.objects.count() == 12


def test_a_frame_that_cannot_be_drawn_fails_alone(
    make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project()
    Candidate.objects.filter(frame__index=2).update(recipe={"version": 1, "layers": "nonsense"})
    jobs.run(str(project.jobs.get().pk))
    project.refresh_from_db()
    assert project.status == "partial"
    assert [frame.status for frame in project.current_frames()] == ["ready"] * 2 + ["failed"] + ["ready"] * 3
    assert all(each.error for each in Candidate.objects.filter(frame__index=2))


def test_equal_pictures_are_stored_once(
    make_project: Callable[..., Project], lease_of: Callable[[Job], Lease]
) -> None:
    project = make_project()
    lease = lease_of(project.jobs.get())
    picture = png.read(storage.read(project.source.picture.name))
    rgba = draw_frame(renderer_for(project, _opaque(picture)), project.frames.get(index=0), project.recipe)
    assert store_drawn(lease, rgba) == store_drawn(lease, rgba.copy())
    stored = store_drawn(lease, rgba)
    assert stored.picture == stored.cutout != stored.alpha


def test_progress_counts_what_has_ended(
    make_project: Callable[..., Project], lease_of: Callable[[Job], Lease]
) -> None:
    project = make_project()
    job = project.jobs.get()
    lease = lease_of(job)
    Candidate.objects.filter(frame__index=0).update(status="ready")
    with lease.revise() as revision:
        count_progress(lease, revision)
    job.refresh_from_db()
    assert (job.done, job.total, job.revision) == (2, 12, revision)


def test_generate_leaves_a_revision_on_each_frame(
    make_project: Callable[..., Project], lease_of: Callable[[Job], Lease]
) -> None:
    project = make_project()
    before = project.revision
    generate(lease_of(project.jobs.get()))
    revisions = list(project.current_frames().values_list("revision", flat=True))
    assert revisions == sorted(set(revisions))
    assert revisions[0] > before


def _opaque(rgb: Picture) -> Picture:
    import numpy as np

    return np.dstack([rgb[..., :3], np.full(rgb.shape[:2], 255, np.uint8)])
