"""The generator of a generation, and what it is made of."""

from __future__ import annotations

from typing import Any

import pytest

from animations.actions.errors import ActionError
from animations.actions.plan.generation import GenerationPlan, plan_generation
from animations.actions.plan.motions import read_motion
from animations.actions.plan.options import GenerateOptions
from animations.models import Preset, Project, Source


def clip() -> Source:
    return Source(kind="clip", clip_times_ms=[0, 40, 240, 300], clip_ms=600)


def picture() -> Source:
    return Source(kind="picture")


def plan(source: Source, project: Project | None = None, **options: Any) -> GenerationPlan:
    chosen = GenerateOptions(**options)
    return plan_generation(source, chosen, read_motion(chosen), project)


@pytest.mark.parametrize(
    ("source", "options", "generator"),
    [
        (picture(), {"prompt": "bounce"}, "auto"),
        (picture(), {"prompt": "bounce", "generator": "procedural"}, "procedural"),
        (clip(), {}, "clip"),
        (clip(), {"generator": "auto"}, "clip"),
        (clip(), {"prompt": "bounce"}, "procedural"),
        (clip(), {"generator": "procedural", "prompt": "bounce"}, "procedural"),
    ],
)
def test_the_generator_follows_from_the_source_and_the_options(
    source: Source, options: dict[str, Any], generator: str
) -> None:
    assert plan(source, **options).columns["generator"] == generator


@pytest.mark.parametrize(
    ("source", "options"), [(picture(), {"generator": "clip"}), (clip(), {"generator": "clip", "prompt": "bounce"})]
)
def test_a_picture_does_not_move_by_itself_and_a_clip_has_its_own_motion(
    source: Source, options: dict[str, Any]
) -> None:
    with pytest.raises(ActionError) as refused:
        plan(source, **options)
    assert refused.value.attr == "generator"


def test_a_clip_gives_24_frames_unless_more_are_asked_for() -> None:
    long = Source(kind="clip", clip_times_ms=list(range(0, 4000, 40)), clip_ms=4000)
    made = plan(long)
    assert (made.columns["frame_count"], sum(moment.delay_ms for moment in made.moments)) == (24, 4000)
    assert plan(long, frame_count=60).columns["frame_count"] == 60
    assert plan(long, clip_fps=12).columns["frame_count"] == 48


def test_a_project_of_a_clip_keeps_its_number_of_frames_while_its_part_of_the_clip_stays() -> None:
    long = Source(kind="clip", clip_times_ms=list(range(0, 4000, 40)), clip_ms=4000)
    project = Project(generator="clip", frame_count=60)
    assert plan(long, project, framing="whole").columns["frame_count"] == 60
    assert plan(long, project, clip_start_ms=40).columns["frame_count"] == 24


def test_a_clip_becomes_as_many_frames_as_it_has_moments() -> None:
    made = plan(clip(), clip_end_ms=300, frame_count=9, candidates=4)
    columns = made.columns
    assert (columns["frame_count"], columns["frame_ms"], columns["candidates"], columns["recipe"]) == (3, 100, 1, {})
    assert [moment.at_ms for moment in made.moments] == [0, 40, 240]


def test_without_words_a_picture_has_the_first_preset(bounce: Preset) -> None:
    assert plan(picture()).columns["preset"] == bounce


def test_a_project_keeps_what_the_options_leave_out(bounce: Preset) -> None:
    project = Project(generator="procedural", recipe=bounce.recipe, clip_start_ms=40, clip_end_ms=300, clip_fps=9)
    assert plan(clip(), project, size=99).columns == {"size": 99, "generator": "procedural"}
    again = plan(clip(), project, generator="clip", clip_fps=None).columns
    assert (again["frame_count"], again["clip_fps"]) == (2, None)
    with pytest.raises(ActionError) as refused:
        plan(clip(), project, generator="clip", clip_start_ms=300)
    assert refused.value.attr == "clip_end_ms"
