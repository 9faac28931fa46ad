"""One frame matted by another engine: a new candidate, and nothing else is changed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from animations import jobs, storage
from animations.actions.jobs import cancel
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.actions.refine.frames import refine as ask_for_refine
from animations.actions.refine.tools import RefineTool
from animations.actions.retry import retry as ask_for_retry
from animations.imaging import png
from animations.models import Candidate, Frame, Job, Matte, Project
from animations.work.drawing import neighbours_track
from animations.work.kinds.clip import matte_clip
from animations.work.lease import Lease
from animations.work.matte.picture import matte_by
from tests.conftest import upload
from tests.ingest.sample_clips import animation, scenes
from tests.work.conftest import frame_of
from tests.work.fake_endpoint import FakeEndpoint

MakeProject = Callable[..., Project]
ClaimLease = Callable[[Job], Lease]


@pytest.fixture
def clip(transactional_db: None, owner: User, endpoint: FakeEndpoint) -> Project:
    """Make four whole frames of a clip, matted by rembg."""
    data = animation(scenes(4), "GIF", 80)
    project = create_project(
        owner, upload(data, "walk.gif"), GenerateOptions(matte="rembg", size=64, framing="whole")
    )
    jobs.run(str(project.jobs.get().pk))
    endpoint.runs.clear()
    return project


def refined(project: Project, index: int, engine: str, apply_to: object = "frame") -> Job:
    frame = frame_of(project, index)
    job = ask_for_refine(frame, frame.chosen_id, RefineTool("matte", engine), apply_to)  # type: ignore[arg-type]
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def test_a_clips_frame_is_matted_again_and_the_old_one_stays(clip: Project, endpoint: FakeEndpoint) -> None:
    before = list(Candidate.objects.order_by("pk").values())
    old = frame_of(clip, 2).chosen
    job = refined(clip, 2, "birefnet")
    frame = frame_of(clip, 2)
    new = frame.chosen
    assert (job.status, job.done, job.total, frame.status) == ("succeeded", 1, 1, "ready")
    assert old is not None
    assert new is not None
    assert (new.parent, new.origin, new.engine, new.ordinal) == (old, "refined", "birefnet", 1)
    assert (new.recipe, new.picture.name) == (old.recipe, old.picture.name)
    assert [run["task"] for run in endpoint.runs] == ["birefnet"]
    assert list(Candidate.objects.exclude(pk=new.pk).order_by("pk").values()) == before


def test_all_frames_or_some_are_matted_again(clip: Project, endpoint: FakeEndpoint) -> None:
    assert refined(clip, 0, "none", [1, 3]).total == 2
    assert [frame_of(clip, index).chosen.engine for index in range(4)] == ["rembg", "none", "rembg", "none"]  # type: ignore[union-attr]
    assert refined(clip, 0, "none", "all").total == 4
    assert {frame_of(clip, index).chosen.engine for index in range(4)} == {"none"}  # type: ignore[union-attr]
    assert endpoint.runs == []


def test_sam_gets_the_box_of_the_old_matte(clip: Project, endpoint: FakeEndpoint) -> None:
    assert refined(clip, 1, "sam").status == "succeeded"
    alpha = png.read(storage.read(Candidate.objects.get(frame__index=1, ordinal=0).alpha.name))
    rows, columns = (np.flatnonzero((alpha >= 128).any(axis=axis)) for axis in (1, 0))
    box = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    assert endpoint.runs[0]["params"] == {"box": [int(side) for side in box]}


def test_a_refine_that_fails_leaves_the_frame_as_it_was(clip: Project, endpoint: FakeEndpoint) -> None:
    old = frame_of(clip, 1).chosen
    endpoint.answers["birefnet"] = {"status": "FAILED", "error": '{"code": "bad_image", "message": "Not this one."}'}
    job = refined(clip, 1, "birefnet")
    frame = frame_of(clip, 1)
    assert (frame.status, frame.chosen, job.status) == ("ready", old, "failed")
    assert "Not this one" in job.error
    assert Candidate.objects.get(job=job).status == "failed"


def test_a_frame_that_failed_is_mended_by_another_engine(clip: Project) -> None:
    frame = frame_of(clip, 0)
    Candidate.objects.filter(frame=frame).update(status="failed", cutout="", alpha="", picture="")
    Frame.objects.filter(pk=frame.pk).update(status="failed", chosen=None)
    job = ask_for_refine(frame_of(clip, 0), Candidate.objects.get(frame=frame).pk, RefineTool("matte", "none"))
    jobs.run(str(job.pk))
    assert frame_of(clip, 0).status == "ready"


def test_a_drawn_frame_is_drawn_the_same_of_another_matte(drawn: Project, endpoint: FakeEndpoint) -> None:
    frame, source_matte = frame_of(drawn, 3), drawn.source.matte
    old = frame.chosen
    job = refined(drawn, 3, "rembg")
    new = frame_of(drawn, 3).chosen
    assert old is not None
    assert new is not None
    assert (job.status, new.parent, new.origin, new.recipe) == ("succeeded", old, "refined", old.recipe)
    alphas = [png.read(storage.read(each.alpha.name)) for each in (old, new)]
    assert alphas[0].shape == alphas[1].shape
    assert 0 < (alphas[1] > 127).sum() < 0.9 * (alphas[0] > 127).sum()
    drawn.source.refresh_from_db()
    assert drawn.source.matte == source_matte
    assert set(Matte.objects.values_list("engine", flat=True)) == {"none", "rembg"}
    assert [run["task"] for run in endpoint.runs] == ["rembg"]


def test_a_frame_that_was_fitted_into_the_loop_stays_fitted(drawn: Project) -> None:
    retried = ask_for_retry(frame_of(drawn, 3), "jump higher", 1)
    jobs.run(str(retried.pk))
    old = frame_of(drawn, 3).chosen
    assert old is not None
    refined(drawn, 3, "none")
    new = frame_of(drawn, 3).chosen
    assert new is not None
    assert (new.parent, new.cutout.name) == (old, old.cutout.name)


def test_the_neighbours_track_is_that_of_the_frame_before(drawn: Project) -> None:
    Candidate.objects.filter(frame__index=2).update(recipe={"version": 1})
    assert neighbours_track(frame_of(drawn, 3)) == {"version": 1}


def test_a_frame_that_was_removed_has_no_neighbours(drawn: Project) -> None:
    Frame.objects.filter(pk=frame_of(drawn, 3).pk).update(removed_at=timezone.now())
    assert neighbours_track(drawn.frames.get(index=3)) is None


def test_the_sources_own_matte_is_not_changed_by_another(
    make_project: MakeProject, lease_of: ClaimLease, endpoint: FakeEndpoint
) -> None:
    project = make_project()
    lease = lease_of(project.jobs.get())
    made = matte_by(lease, project.source, "rembg")
    assert made == matte_by(lease, project.source, "rembg")
    assert (made.engine, made.model) == ("rembg", "drawn")
    project.source.refresh_from_db()
    assert project.source.matte is None


def test_sam_is_told_the_box_of_the_matte_in_use(
    make_project: MakeProject, lease_of: ClaimLease, endpoint: FakeEndpoint
) -> None:
    project = make_project()
    lease = lease_of(project.jobs.get())
    project.source.matte = matte_by(lease, project.source, "rembg")
    matte_by(lease, project.source, "sam")
    assert endpoint.runs[1]["params"].keys() == {"box"}


def test_a_cancelled_refine_leaves_its_frames_as_they_were(clip: Project, lease_of: ClaimLease) -> None:
    frame = frame_of(clip, 1)
    old = frame.chosen
    job = ask_for_refine(frame, frame.chosen_id, RefineTool("matte", "none"), "all")  # type: ignore[arg-type]
    cancel(job)
    jobs.run(str(job.pk))
    assert {each.status for each in clip.current_frames()} == {"ready"}
    assert frame_of(clip, 1).chosen == old


def test_a_refine_is_done_once(clip: Project, lease_of: ClaimLease) -> None:
    frame = frame_of(clip, 1)
    job = ask_for_refine(frame, frame.chosen_id, RefineTool("matte", "none"))  # type: ignore[arg-type]
    matte_clip(lease_of(job))
    job.refresh_from_db()
    assert job.status == "succeeded"
    jobs.run(str(job.pk))
    assert Candidate.objects.filter(job=job).count() == 1
