"""A clip's frames are matted in packs and shown one by one, and each fails alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from animations import jobs, storage
from animations.actions.export import export as ask_for_export
from animations.actions.generate import generate
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.actions.refine.frames import refine
from animations.actions.refine.tools import RefineTool
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.models import Candidate, Frame, Job, Project
from animations.motion.sampling import sample
from animations.work.candidates import update_frame
from animations.work.clip_frames.extract import open_clip
from animations.work.errors import WorkFailed
from animations.work.kinds.clip import matte_clip
from animations.work.lease import Lease
from tests.ingest.sample_clips import CLEAR, RED, animation, scenes
from tests.work.fake_endpoint import FakeEndpoint

MakeClip = Callable[..., Project]
ClaimLease = Callable[[Job], Lease]
DELAYS = [40, 200, 60, 300]


@pytest.fixture
def make_clip(transactional_db: None, owner: Any) -> MakeClip:
    """Make projects of a small GIF of four frames, kept whole; the fake endpoint finds a subject in the middle."""

    def make(data: bytes | None = None, name: str = "walk.gif", **choices: Any) -> Project:
        clip = animation(scenes(4), "GIF", DELAYS) if data is None else data
        return create_project(
            owner,
            SimpleUploadedFile(name, clip),
            GenerateOptions(**dict[str, Any](size=64, matte="rembg", framing="whole") | choices),
        )

    return make


def run(project: Project) -> None:
    jobs.run(str(project.jobs.latest("created_at").pk))
    project.refresh_from_db()


def frames_of(project: Project) -> list[Frame]:
    return list(project.current_frames().select_related("chosen").prefetch_related("candidates"))


def read(name: str | None) -> Picture:
    return png.read(storage.read(name))


def test_every_frame_is_matted_in_packs_and_keeps_its_own_time(make_clip: MakeClip, endpoint: FakeEndpoint) -> None:
    project = make_clip()
    run(project)
    assert (project.status, project.generator, project.frame_count) == ("ready", "clip", 4)
    frames = frames_of(project)
    assert [frame.delay_ms for frame in frames] == DELAYS
    assert sum(len(run.get("images", [1])) for run in endpoint.runs) == 4
    for frame, scene in zip(frames, scenes(4), strict=True):
        candidate = frame.chosen
        assert candidate is not None
        assert (candidate.engine, candidate.recipe["clip_index"]) == ("rembg", frame.index)
        picture, alpha, cutout = (
            read(name) for name in (candidate.picture.name, candidate.alpha.name, candidate.cutout.name)
        )
        assert picture.shape[:2] == alpha.shape == cutout.shape[:2] == (48, 64)
        assert np.abs(picture.astype(int) - np.asarray(scene)).max() <= 2
        assert (alpha == cutout[..., 3]).all()
        assert (alpha[0, 0], alpha[24, 32]) == (0, 255)


def test_frames_are_shown_one_by_one(make_clip: MakeClip, endpoint: FakeEndpoint) -> None:
    project = make_clip()
    run(project)
    revisions = [frame.revision for frame in frames_of(project)]
    assert len(set(revisions)) == 4
    job = project.jobs.get()
    assert (job.status, job.done, job.total) == ("succeeded", 4, 4)


def test_a_frame_that_fails_fails_alone_and_says_why(
    make_clip: MakeClip, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_clip()
    Candidate.objects.filter(frame__index=2).update(recipe={"clip_ms": 0, "clip_index": 99})
    run(project)
    assert project.status == "partial"
    assert [frame.status for frame in frames_of(project)] == ["ready", "ready", "failed", "ready"]
    assert "cannot be read" in Candidate.objects.get(frame__index=2).error


def test_a_project_is_ready_once_its_failed_frame_was_made_again(make_clip: MakeClip, endpoint: FakeEndpoint) -> None:
    project = make_clip()
    Candidate.objects.filter(frame__index=2).update(recipe={"clip_ms": 0, "clip_index": 99})
    run(project)
    failed = Candidate.objects.get(frame__index=2)
    Candidate.objects.filter(pk=failed.pk).update(recipe={"clip_ms": 0, "clip_index": 2})
    job = refine(failed.frame, failed.pk, RefineTool("matte", "none"))
    jobs.run(str(job.pk))
    project.refresh_from_db()
    assert project.status == "ready"


def test_a_run_taken_up_again_asks_for_what_is_missing_and_with_the_same_bytes(
    make_clip: MakeClip, endpoint: FakeEndpoint
) -> None:
    project = make_clip()
    job = project.jobs.get()
    run(project)
    kept = set(Candidate.objects.exclude(frame__index=1).values_list("pk", "cutout"))
    Frame.objects.filter(index=1).update(status="pending", chosen=None)
    Candidate.objects.filter(frame__index=1).update(status="pending", cutout="")
    Project.objects.update(status="working")
    Job.objects.update(status="queued", finished_at=None)
    before = len(endpoint.runs)
    jobs.run(str(job.pk))
    project.refresh_from_db()
    assert project.status == "ready"
    assert len(endpoint.runs) == before
    assert set(Candidate.objects.exclude(frame__index=1).values_list("pk", "cutout")) == kept


def test_without_a_gpu_that_answers_the_job_fails_in_words(make_clip: MakeClip, endpoint: FakeEndpoint) -> None:
    endpoint.answer = {"status": "FAILED", "error": '{"code": "model_unavailable", "message": "No such model here."}'}
    project = make_clip()
    run(project)
    job = project.jobs.get()
    assert (job.status, project.status) == ("failed", "failed")
    assert "No such model here" in job.error
    assert {frame.status for frame in frames_of(project)} == {"failed"}


def test_a_clip_with_its_own_alpha_needs_no_gpu(make_clip: MakeClip, endpoint: FakeEndpoint) -> None:
    clip = animation(scenes(3, background=CLEAR), "WEBP", 100, lossless=True)
    project = make_clip(clip, "walk.webp", matte="auto")
    run(project)
    assert (project.status, endpoint.runs) == ("ready", [])
    first = frames_of(project)[0].chosen
    assert first is not None
    assert first.engine == "none"
    cutout = read(first.cutout.name)
    assert tuple(cutout[24, 8]) == (*RED, 255)
    assert not cutout[4, 60].any()


def test_a_clip_on_white_is_keyed_here(make_clip: MakeClip, endpoint: FakeEndpoint) -> None:
    project = make_clip(animation(scenes(3, background=(255, 255, 255)), "GIF", 100), matte="white")
    run(project)
    assert (project.status, endpoint.runs) == ("ready", [])
    alpha = read(frames_of(project)[0].chosen.alpha.name)  # type: ignore[union-attr]
    assert (alpha[24, 8], alpha[4, 60]) == (255, 0)


def test_equal_frames_are_asked_for_once_and_shown_each(make_clip: MakeClip, endpoint: FakeEndpoint) -> None:
    pair = scenes(2)
    project = make_clip(animation([pair[0], pair[1], pair[0], pair[1]], "GIF", 80))
    run(project)
    assert [frame.status for frame in frames_of(project)] == ["ready"] * 4
    assert sum(len(run.get("images", [1])) for run in endpoint.runs) == 2


def test_sam_gets_a_point_where_nothing_is_known_of_the_subject(make_clip: MakeClip, endpoint: FakeEndpoint) -> None:
    project = make_clip(animation(scenes(2), "GIF", 80), matte="sam")
    run(project)
    assert project.status == "ready"
    assert {run["task"] for run in endpoint.runs} == {"sam"}
    assert {str(run["params"]) for run in endpoint.runs} == {"{'points': [[32, 24, 1]]}"}


def test_a_frame_with_an_empty_matte_fails(make_clip: MakeClip) -> None:
    project = make_clip(
        animation([scenes(1, background=(255, 255, 255))[0], *white_only(2)], "GIF", 80), matte="white"
    )
    run(project)
    assert [frame.status for frame in frames_of(project)] == ["ready", "failed", "failed"]
    assert "Try another engine" in Candidate.objects.get(frame__index=1).error


def white_only(count: int) -> list[Any]:
    from PIL import Image

    return [Image.new("RGB", (64, 48), (255, 255, 255 - number)) for number in range(count)]


def test_thirty_frames_keep_their_time_to_the_millisecond_in_the_export(make_clip: MakeClip) -> None:
    delays = [30 + 10 * (number % 7) for number in range(30)]
    project = make_clip(animation(scenes(30), "GIF", delays), matte="none", frame_count=30)
    run(project)
    assert sum(frame.delay_ms for frame in frames_of(project)) == sum(delays)
    row = ask_for_export(project, ["gif"])[0]
    jobs.run(str(row.job_id))
    file = row.files.get()
    assert (file.duration_ms, file.frames, file.width, file.height) == (sum(delays), 30, 64, 48)


def test_the_part_that_was_chosen_is_what_is_made(make_clip: MakeClip) -> None:
    project = make_clip(clip_start_ms=40, clip_end_ms=440, clip_fps=10, matte="none")
    run(project)
    wanted = sample([0, 40, 240, 300], 600, 40, 440, 10)
    made = [(frame.chosen.recipe["clip_index"], frame.delay_ms) for frame in frames_of(project) if frame.chosen]
    assert made == [(moment.index, moment.delay_ms) for moment in wanted]
    assert (project.frame_count, project.candidates) == (len(wanted), 1)


def test_a_clip_with_words_is_drawn_from_its_first_picture(make_clip: MakeClip) -> None:
    project = make_clip(prompt="bounce", matte="none", frame_count=3, candidates=1)
    run(project)
    assert (project.status, project.generator, project.frame_count) == ("ready", "procedural", 3)
    generate(project, GenerateOptions(generator="clip"))
    run(project)
    assert (project.status, project.generator, project.frame_count, project.prompt) == ("ready", "clip", 4, "")


def test_nothing_of_a_clip_stays_behind(make_clip: MakeClip, lease_of: ClaimLease) -> None:
    project = make_clip()
    lease = lease_of(project.jobs.get())
    folder = settings.FILE_UPLOAD_TEMP_DIR
    with open_clip(lease, project.source) as clip:
        frames = clip.extract([0, 3, 77])
        assert (sorted(frames.paths), frames.size) == ([0, 3], (64, 48))
        frame = frames.read(3)
        assert (frame.size, frame.own_alpha) == ((64, 48), None)
        assert tuple(frame.rgb[24, 56]) == RED
        assert len(list(folder.iterdir())) == 1
    assert list(folder.iterdir()) == []


def test_the_owner_reads_that_a_clip_cannot_be_read(make_clip: MakeClip, lease_of: ClaimLease) -> None:
    project = make_clip()
    project.source.original = storage.save(project.pk, b"no clip any more", "gif")
    with (
        pytest.raises(WorkFailed, match="not a picture or clip"),
        open_clip(lease_of(project.jobs.get()), project.source) as clip,
    ):
        clip.extract([0])


def test_a_run_finishes_its_frames_its_job_and_its_project(make_clip: MakeClip, lease_of: ClaimLease) -> None:
    project = make_clip(matte="none")
    matte_clip(lease_of(project.jobs.get()))
    assert {frame.status for frame in frames_of(project)} == {"ready"}
    project.refresh_from_db()
    assert (project.status, project.jobs.get().status) == ("ready", "succeeded")


def test_a_frame_whose_candidate_failed_shows_what_it_showed(make_clip: MakeClip, lease_of: ClaimLease) -> None:
    project = make_clip(matte="none")
    run(project)
    frame = frames_of(project)[0]
    failed = Candidate.objects.create(frame=frame, ordinal=1, status="failed")
    Frame.objects.filter(pk=frame.pk).update(status="working")
    update_frame(failed, 99)
    after = Frame.objects.get(pk=frame.pk)
    assert (after.status, after.chosen, after.revision) == ("ready", frame.chosen, 99)
