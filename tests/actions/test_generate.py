from __future__ import annotations

import pytest

from animations.actions.errors import Busy
from animations.actions.generate import generate
from animations.actions.plan.options import GenerateOptions
from animations.actions.plan.rows import track_seed
from animations.actions.retry import retry
from animations.models import Candidate, Job, Preset, Project
from animations.motion.recipe import read_recipe, variation
from tests.actions.conftest import QueuedMessages, RunOnCommit
from tests.conftest import recipe_of


def test_a_new_generation_has_all_its_frames_and_a_track_per_candidate(
    project: Project, run_on_commit: RunOnCommit, queued_messages: QueuedMessages
) -> None:
    with run_on_commit():
        job = generate(project, GenerateOptions(prompt="wobble", frame_count=4, candidates=3, frame_ms=50))
    project.refresh_from_db()
    assert (project.status, project.generation, project.prompt) == ("working", 2, "wobble")
    assert project.revision == project.frame_list_revision == job.revision == 2
    frames = list(project.current_frames())
    assert [(frame.index, frame.status, frame.delay_ms) for frame in frames] == [(k, "pending", 50) for k in range(4)]
    canonical = read_recipe(recipe_of("wobble"))
    tracks = [variation(canonical, k, track_seed(project.pk)).to_json() for k in range(3)]
    assert tracks[0] == recipe_of("wobble")
    for frame in frames:
        assert list(frame.candidates.order_by("ordinal").values_list("recipe", flat=True)) == tracks
    assert (job.total, job.params, job.candidates.count()) == (12, {"generation": 2}, 12)
    assert queued_messages("bulk") == [("animations.jobs.run", str(job.pk))]


def test_the_chosen_generator_makes_the_frames(project: Project) -> None:
    generate(project, GenerateOptions(generator="procedural"))
    assert Project.objects.get().generator == "procedural"


def test_without_options_the_project_keeps_its_own(project: Project) -> None:
    generate(project, GenerateOptions())
    project.refresh_from_db()
    assert (project.prompt, project.frame_count, project.candidates, project.generation) == ("bounce", 3, 2, 2)


def test_the_frames_of_a_slow_motion_stay_longer(project: Project) -> None:
    generate(project, GenerateOptions(prompt="slow bounce", frame_ms=80))
    tempo = read_recipe(recipe_of("slow bounce")).tempo
    assert tempo > 1
    assert {frame.delay_ms for frame in project.current_frames()} == {round(80 * tempo)}


def finish_one_frame(project: Project, job: Job) -> None:
    made = job.candidates.order_by("frame__index").first()
    project.current_frames().filter(index=0).update(status="ready", chosen=made)
    Job.objects.filter(pk=job.pk).update(status="succeeded")
    Project.objects.update(status="ready")


def test_the_frames_of_the_generation_before_stay_until_the_next(project: Project) -> None:
    for generation, kept in ((2, {1, 2}), (3, {2, 3})):
        job = generate(project, GenerateOptions())
        assert (project.generation, set(project.frames.values_list("generation", flat=True))) == (generation, kept)
        finish_one_frame(project, job)
    assert set(Candidate.objects.values_list("frame__generation", flat=True)) == {2, 3}


def test_the_job_of_a_frame_outlives_the_frame(project: Project) -> None:
    job = retry(project.frames.get(index=1), "wobble", 1)
    Job.objects.update(status="succeeded")
    for prompt in ("spin", "sway"):
        finish_one_frame(project, generate(project, GenerateOptions(prompt=prompt)))
    job.refresh_from_db()
    assert (job.frame, job.status) == (None, "succeeded")


def test_an_equal_request_while_one_is_live_gets_the_same_job(project: Project, bounce: Preset) -> None:
    options = GenerateOptions(preset="bounce", frame_count=5)
    job = generate(project, options)
    assert generate(project, options) == job
    assert generate(project, GenerateOptions()) == job
    assert project.jobs.live().count() == 1
    assert project.generation == 2


def test_another_request_while_one_is_live_is_busy(project: Project) -> None:
    generate(project, GenerateOptions(frame_count=5))
    with pytest.raises(Busy):
        generate(project, GenerateOptions(frame_count=6))
    assert project.jobs.live().count() == 1


def test_no_generation_starts_while_a_frame_is_retried(project: Project) -> None:
    job = retry(project.frames.get(index=0), "wobble")
    with pytest.raises(Busy):
        generate(project, GenerateOptions())
    assert project.jobs.live().get() == job
