"""The rows of a generation, not yet saved."""

from __future__ import annotations

from django.contrib.auth.models import User

from animations.actions.plan.rows import build_candidates, build_frames, track_seed
from animations.models import Project
from animations.motion.recipe import SEEDS
from animations.motion.sampling import sample
from tests.conftest import MakeProject


def test_a_drawn_generation_has_a_candidate_per_frame_and_track(owner: User, new_project: MakeProject) -> None:
    project = new_project(owner, frame_ms=90, frame_count=4)
    frames = build_frames(project, (), revision=7)
    assert [(frame.index, frame.delay_ms, frame.revision) for frame in frames] == [
        (index, 90, 7) for index in range(4)
    ]
    rows = list(build_candidates(project.jobs.get(kind="generate"), frames, ()))
    assert [row.ordinal for row in rows] == [0, 1] * 4
    assert {row.engine for row in rows} == {"rembg"}
    assert rows[0].recipe != rows[1].recipe


def test_a_clips_generation_has_one_candidate_per_moment(owner: User, new_project: MakeProject) -> None:
    project = new_project(owner, generator="clip", matte="auto")
    moments = sample([0, 40, 240, 300], 600, 40, None, None)
    frames = build_frames(project, moments, revision=7)
    assert [frame.delay_ms for frame in frames] == [200, 60, 300]
    project.frame_count = len(moments)
    rows = list(build_candidates(project.jobs.get(kind="generate"), frames, moments))
    assert [row.recipe for row in rows] == [
        {"clip_ms": 40, "clip_index": 1},
        {"clip_ms": 240, "clip_index": 2},
        {"clip_ms": 300, "clip_index": 3},
    ]
    assert {row.engine for row in rows} == {"rembg"}


def test_the_frames_of_a_slow_motion_stay_longer_but_no_longer_than_a_frame_may(project: Project) -> None:
    project.frame_ms, project.recipe["tempo"] = 500, 1.5
    assert {frame.delay_ms for frame in build_frames(project, (), revision=7)} == {750}
    project.frame_ms = 900
    assert {frame.delay_ms for frame in build_frames(project, (), revision=7)} == {Project.LIMITS["frame_ms"][1]}


def test_a_projects_seed_is_its_own_and_the_same_each_time(owner: User, new_project: MakeProject) -> None:
    ids = [new_project(owner, frames=0).pk for _ in range(8)]
    seeds = [track_seed(project_id) for project_id in ids]
    assert len(set(seeds)) == 8
    assert seeds == [track_seed(project_id) for project_id in ids]
    assert all(SEEDS[0] <= seed <= SEEDS[1] for seed in seeds)
