"""Which generator makes a take, of what, and the rows of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from animations.actions.errors import ActionError
from animations.actions.frames import next_ordinals
from animations.actions.jobs import live_job
from animations.actions.plan.generation import build_candidates, build_frames, planned, track_seed
from animations.actions.plan.options import GenerateOptions
from animations.models import Candidate, Job, Preset, Project, Source
from tests.conftest import MakeProject


def clip() -> Source:
    return Source(kind="clip", clip_times_ms=[0, 40, 240, 300], clip_ms=600)


def picture() -> Source:
    return Source(kind="picture")


@pytest.mark.parametrize(
    ("source", "wish", "generator"),
    [
        (picture(), {"prompt": "bounce"}, "auto"),
        (picture(), {"prompt": "bounce", "generator": "procedural"}, "procedural"),
        (clip(), {}, "clip"),
        (clip(), {"generator": "auto"}, "clip"),
        (clip(), {"prompt": "bounce"}, "procedural"),
        (clip(), {"generator": "procedural", "prompt": "bounce"}, "procedural"),
    ],
)
def test_the_generator_follows_from_what_there_is_and_what_is_wished(
    source: Source, wish: dict[str, Any], generator: str
) -> None:
    assert planned(source, GenerateOptions(**wish))["generator"] == generator


def test_a_clips_take_has_as_many_frames_as_it_has_moments() -> None:
    fields = planned(clip(), GenerateOptions(clip_end_ms=300, frame_count=9, candidates=4))
    assert (fields["frame_count"], fields["frame_ms"], fields["candidates"], fields["recipe"]) == (3, 100, 1, {})


def test_without_words_a_picture_has_the_first_preset(bounce: Preset) -> None:
    assert planned(picture(), GenerateOptions())["preset"] == bounce


def test_what_a_project_has_it_keeps(bounce: Preset) -> None:
    kept = Project(generator="procedural", recipe=bounce.recipe, clip_start_ms=40, clip_end_ms=300, clip_fps=9)
    assert planned(clip(), GenerateOptions(size=99), kept) == {"size": 99, "generator": "procedural"}
    again = planned(clip(), GenerateOptions(generator="clip", clip_fps=None), kept)
    assert (again["frame_count"], again["clip_fps"]) == (2, None)
    with pytest.raises(ActionError) as caught:
        planned(clip(), GenerateOptions(generator="clip", clip_start_ms=300), kept)
    assert caught.value.attr == "clip_end_ms"


@pytest.mark.parametrize(
    ("wish", "attr"),
    [
        ({"clip_fps": 51}, "clip_fps"),
        ({"clip_start_ms": 2, "clip_end_ms": 1}, "clip_end_ms"),
        ({"clip_start_ms": 0, "clip_end_ms": 10_001}, "clip_end_ms"),
        ({"generator": "video"}, "generator"),
        ({"matte": "magic"}, "matte"),
    ],
)
def test_choices_that_cannot_be_are_named(wish: dict[str, Any], attr: str) -> None:
    with pytest.raises(ActionError) as caught:
        GenerateOptions(**wish).fields()
    assert caught.value.attr == attr


def test_only_what_was_chosen_is_set() -> None:
    assert GenerateOptions().fields() == {}
    assert GenerateOptions(clip_start_ms=5, clip_fps=None, size=64).fields() == {
        "clip_start_ms": 5,
        "clip_fps": None,
        "size": 64,
    }
    assert GenerateOptions(clip_end_ms=None).clip_fields() == {"clip_end_ms": None}


def test_the_rows_of_a_drawn_take(owner: User, new_project: MakeProject) -> None:
    project = new_project(owner, frame_ms=90, frame_count=4)
    frames = list(build_frames(project, 7))
    assert [(frame.index, frame.delay_ms, frame.revision) for frame in frames] == [
        (index, 90, 7) for index in range(4)
    ]
    rows = list(build_candidates(project, project.jobs.first(), frames))
    assert [row.ordinal for row in rows] == [0, 1] * 4
    assert {row.engine for row in rows} == {"rembg"}
    assert rows[0].recipe != rows[1].recipe
    assert track_seed(project.pk) == track_seed(project.pk) < 2**31


def test_the_rows_of_a_clips_take(owner: User, new_project: MakeProject) -> None:
    project = new_project(owner, generator="clip", matte="auto", clip_start_ms=40)
    Source.objects.filter(project=project).update(kind="clip", clip_times_ms=[0, 40, 240, 300], clip_ms=600)
    project.refresh_from_db()
    frames = list(build_frames(project, 7))
    assert [frame.delay_ms for frame in frames] == [200, 60, 300]
    rows = list(build_candidates(project, project.jobs.first(), frames))
    assert [row.recipe for row in rows] == [
        {"clip_ms": 40, "clip_index": 1},
        {"clip_ms": 240, "clip_index": 2},
        {"clip_ms": 300, "clip_index": 3},
    ]
    assert {row.engine for row in rows} == {"rembg"}


def test_a_job_is_in_the_way_of_those_frames_that_it_works_on(project: Project) -> None:
    first, second, third = project.current_frames()
    job = Job.objects.create(project=project, kind="refine", frame=first, revision=2)
    Candidate.objects.create(frame=second, job=job, ordinal=9)
    assert live_job(project.pk, [first]) == live_job(project.pk, [third, second]) == job
    assert live_job(project.pk, [third]) is None
    everything = Job.objects.create(project=project, kind="generate", revision=2)
    assert live_job(project.pk, [third]) == everything
    Job.objects.update(status="succeeded")
    assert live_job(project.pk, [first, second, third]) is None


def test_a_frame_has_room_for_forty(project: Project) -> None:
    frame = project.current_frames()[0]
    assert next_ordinals([frame], 38) == {frame: 2}
    with pytest.raises(ActionError):
        next_ordinals([frame], 39)
    frame.candidates.all().delete()
    assert next_ordinals([frame], 1) == {frame: 0}
