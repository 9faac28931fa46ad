from __future__ import annotations

import uuid

import pytest
from django.db.models import QuerySet

from animations.actions.errors import ActionError, Busy
from animations.actions.frames import MAX_CANDIDATES
from animations.actions.generate import generate
from animations.actions.plan.options import GenerateOptions
from animations.actions.plan.rows import track_seed
from animations.actions.retry import retry
from animations.models import Candidate, Frame, Job, Project
from animations.motion.recipe import read_recipe, variation
from tests.actions.conftest import QueuedMessages, RunOnCommit
from tests.conftest import recipe_of


@pytest.fixture
def frame(project: Project) -> Frame:
    return project.frames.get(index=1)


def chosen_of(frame: Frame) -> QuerySet[Candidate]:
    assert frame.chosen
    return Candidate.objects.filter(pk=frame.chosen.pk)


def test_a_retried_frame_gets_new_candidates_behind_its_old_ones(
    project: Project, frame: Frame, run_on_commit: RunOnCommit, queued_messages: QueuedMessages
) -> None:
    others = list(project.frames.exclude(pk=frame.pk).values())
    with run_on_commit():
        job = retry(frame, "wobble", 2)
    frame.refresh_from_db()
    assert (job.kind, job.frame, job.total, job.params) == ("retry", frame, 2, {"prompt": "wobble", "candidates": 2})
    assert (frame.status, frame.revision, frame.chosen) == ("working", 2, frame.candidates.get(ordinal=0))
    made = list(job.candidates.order_by("ordinal"))
    assert [(each.ordinal, each.status, each.origin, each.prompt) for each in made] == [
        (2, "pending", "retried", "wobble"),
        (3, "pending", "retried", "wobble"),
    ]
    assert {each.parent for each in made} == {frame.chosen}
    assert queued_messages("interactive") == [("animations.jobs.run", str(job.pk))]
    assert list(project.frames.exclude(pk=frame.pk).values()) == others


def test_the_first_new_candidate_follows_the_words_and_the_others_vary_it(project: Project, frame: Frame) -> None:
    job = retry(frame, "wobble", 3)
    canonical = read_recipe(recipe_of("wobble"))
    wanted = [variation(canonical, k, track_seed(project.pk)).to_json() for k in range(3)]
    assert list(job.candidates.order_by("ordinal").values_list("recipe", flat=True)) == wanted
    assert wanted[0] == recipe_of("wobble")


def test_words_without_a_motion_change_the_projects_own(frame: Frame) -> None:
    recipe = retry(frame, "higher").candidates.get().recipe
    assert [layer["motion"] for layer in recipe["layers"]] == ["bounce"]
    assert recipe["layers"][0]["amplitude"] > 1


def test_comparisons_are_with_the_named_candidate(frame: Frame) -> None:
    named = frame.candidates.get(ordinal=1)
    Candidate.objects.filter(pk=named.pk).update(recipe=recipe_of("wild jump"))
    chosen_of(frame).update(recipe=recipe_of("subtle jump"))
    made = retry(frame, "jump lower", candidate=named.pk).candidates.get()
    assert made.parent == named
    assert made.recipe["layers"][0]["amplitude"] == pytest.approx(2.1 * 0.6)
    Job.objects.update(status="cancelled")
    Frame.objects.update(status="ready")
    made = retry(frame, "jump higher").candidates.get()
    assert made.parent_id == frame.chosen_id
    assert made.recipe["layers"][0]["amplitude"] == pytest.approx(0.55 * 1.4)


@pytest.mark.parametrize("which", ["of another frame", "not ready", "unknown"])
def test_only_a_ready_candidate_of_the_frame_can_be_compared_with(project: Project, frame: Frame, which: str) -> None:
    foreign = project.frames.get(index=0).candidates.get(ordinal=0).pk
    pending = Candidate.objects.create(frame=frame, ordinal=9).pk
    named = {"of another frame": foreign, "not ready": pending, "unknown": uuid.uuid4()}[which]
    with pytest.raises(ActionError) as refused:
        retry(frame, "higher", candidate=named)
    assert (refused.value.code, refused.value.attr) == ("does_not_exist", "candidate")


@pytest.mark.parametrize(
    ("recipe", "words", "why"),
    [
        ({"amplitude": 3.0}, "jump higher", "“jump higher” goes no further"),
        ({"amplitude": 0.15}, "much less", "goes no further"),
        ({"amplitude": 1.0}, "slower", "about the speed, which all frames have in common"),
        ({"amplitude": 1.0}, "2x faster", "about the speed"),
        ({"amplitude": 1.0}, "jump", "drawn that way already"),
        ({"amplitude": 3.0}, "as high as possible", "“as high as possible” goes no further"),
        ({"amplitude": 1.0}, "other side", "Left out: “other side”. This frame is drawn that way already"),
    ],
)
def test_words_that_change_nothing_are_refused_with_a_reason(
    project: Project, frame: Frame, recipe: dict[str, float], words: str, why: str
) -> None:
    jump = {"version": 1, "layers": [{"motion": "jump", **recipe}]}
    chosen_of(frame).update(recipe=jump)
    frame.refresh_from_db()
    with pytest.raises(ActionError, match=why) as refused:
        retry(frame, words, 2)
    assert (refused.value.code, refused.value.attr) == ("no_change", "prompt")
    frame.refresh_from_db()
    assert (frame.status, frame.candidates.count(), project.jobs.live().count()) == ("ready", 2, 0)


def test_a_frame_without_a_picture_is_drawn_again_with_the_same_words(frame: Frame) -> None:
    Frame.objects.update(chosen=None, status="failed")
    frame.refresh_from_db()
    assert retry(frame, "bounce").candidates.get().recipe == recipe_of("bounce")


def test_an_imported_candidate_is_retried_from_the_projects_recipe(frame: Frame) -> None:
    chosen_of(frame).update(recipe={})
    assert retry(frame, "higher").candidates.get().recipe["layers"][0]["motion"] == "bounce"


def test_words_that_name_no_motion_change_nothing(project: Project, frame: Frame) -> None:
    with pytest.raises(ActionError, match="qwertyish"):
        retry(frame, "qwertyish")
    frame.refresh_from_db()
    assert frame.status == "ready"
    assert not project.jobs.live().exists()


def test_an_equal_retry_while_one_is_live_gets_the_same_job(frame: Frame) -> None:
    job = retry(frame, "wobble", 2)
    assert retry(frame, "wobble", 2) == job
    assert job.candidates.count() == 2


def test_another_retry_of_a_working_frame_is_busy(project: Project, frame: Frame) -> None:
    job = retry(frame, "wobble")
    for words, count in (("jump", 1), ("wobble", 2)):
        with pytest.raises(Busy):
            retry(frame, words, count)
    assert project.jobs.live().get() == job
    assert retry(project.frames.get(index=2), "jump") != job


def test_no_frame_is_retried_during_a_generate(project: Project) -> None:
    generate(project, GenerateOptions())
    with pytest.raises(Busy):
        retry(project.current_frames()[0], "wobble")


@pytest.mark.parametrize("count", [0, 5])
def test_a_retry_makes_one_to_four_candidates(frame: Frame, count: int) -> None:
    with pytest.raises(ActionError) as refused:
        retry(frame, "wobble", count)
    assert refused.value.attr == "candidates"
    assert not Job.objects.live().exists()


def test_a_retry_of_a_full_frame_is_refused(project: Project, frame: Frame) -> None:
    made = frame.candidates.count()
    Candidate.objects.bulk_create(
        Candidate(frame=frame, ordinal=10 + number) for number in range(MAX_CANDIDATES - 2 - made)
    )
    with pytest.raises(ActionError) as refused:
        retry(frame, "wobble", 3)
    assert (refused.value.code, refused.value.attr) == ("too_many", "candidates")
    assert not project.jobs.live().exists()
    assert retry(frame, "wobble", 2).candidates.count() == 2


def test_a_frame_that_never_had_a_candidate_can_be_retried(frame: Frame) -> None:
    frame.candidates.all().delete()
    frame.refresh_from_db()
    made = retry(frame, "wobble").candidates.get()
    assert (made.ordinal, made.parent) == (0, None)
