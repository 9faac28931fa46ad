from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import IntegrityError

from animations import storage
from animations.actions.errors import ActionError, Busy
from animations.actions.generate import create_project, generate
from animations.actions.plan.generation import track_seed
from animations.actions.plan.options import GenerateOptions
from animations.actions.retry import retry
from animations.models import Candidate, Frame, Job, Preset, Project
from animations.motion.recipe import SEEDS, read_recipe, variation
from tests.actions.conftest import Commits, Waiting
from tests.conftest import MakeProject, png, recipe_of, upload

SMALL = GenerateOptions(prompt="bounce", frame_count=2, candidates=1)


@pytest.fixture
def folders(db: None) -> Callable[[], set[str]]:
    """The projects that have files."""
    return lambda: set(default_storage.listdir("projects")[0]) if default_storage.exists("projects") else set()


def test_choices_set_the_columns_that_they_name_and_no_other() -> None:
    assert GenerateOptions().fields() == {}
    assert GenerateOptions(preset="bounce", prompt="bounce").fields() == {}, "a motion is looked up, not written down"
    chosen = GenerateOptions(name="Ember", frame_count=60, frame_ms=20, size=512, candidates=4, matte="white")
    assert chosen.fields() == {
        "name": "Ember",
        "frame_count": 60,
        "frame_ms": 20,
        "size": 512,
        "candidates": 4,
        "matte": "white",
    }


def only(name: str, value: object) -> GenerateOptions:
    """This one choice."""
    chosen: dict[str, Any] = {name: value}
    return GenerateOptions(**chosen)


@pytest.mark.parametrize("name", Project.LIMITS)
def test_numbers_out_of_bounds_are_refused_by_name(name: str) -> None:
    least, most = Project.LIMITS[name]
    for value in (least - 1, most + 1):
        with pytest.raises(ActionError, match=f"from {least} to {most}") as refused:
            only(name, value).fields()
        assert refused.value.attr == name
    assert only(name, least).fields() == {name: least}


@pytest.mark.parametrize(
    ("choice", "attr", "code"),
    [
        ({"matte": "magic"}, "matte", "invalid_choice"),
        ({"generator": "magic"}, "generator", "invalid_choice"),
        ({"generator": "video"}, "generator", "unavailable"),
    ],
)
def test_what_is_not_on_offer_is_refused_by_name(choice: dict[str, Any], attr: str, code: str) -> None:
    with pytest.raises(ActionError) as refused:
        GenerateOptions(**choice).fields()
    assert (refused.value.attr, refused.value.code) == (attr, code)


def test_a_project_is_made_of_a_picture_and_its_first_take_is_on_its_way(
    owner: User, committed: Commits, waiting: Waiting
) -> None:
    with committed():
        made = create_project(owner, upload(png(size=32), "my_cat.png"), SMALL)
    project = Project.objects.get()
    assert made == project
    assert (project.owner, project.name, project.status, project.generation) == (owner, "my cat", "working", 1)
    assert (project.prompt, project.understood_as, project.recipe) == ("bounce", "bounce", recipe_of("bounce"))
    assert (project.source.width, project.source.height) == (32, 32)
    assert storage.read(project.source.original.name) == png(size=32)
    job = project.jobs.get()
    assert (job.kind, job.status, job.total, job.params) == ("generate", "queued", 2, {"generation": 1})
    assert waiting("bulk") == [("animations.jobs.run", str(job.pk))]


def test_a_project_can_wait_for_its_start(owner: User, bounce: Preset) -> None:
    project = create_project(owner, upload(), GenerateOptions(preset="bounce", name="Ember"), start=False)
    assert (project.status, project.name, project.preset) == ("draft", "Ember", bounce)
    assert not Job.objects.exists()
    assert not Frame.objects.exists()


@pytest.mark.parametrize(
    ("content", "choices", "attr"),
    [
        (None, GenerateOptions(prompt="qwertyish"), "prompt"),
        (None, GenerateOptions(prompt="bounce", frame_count=61), "frame_count"),
        (b"These are words.", SMALL, "source"),
    ],
)
def test_a_wish_that_is_refused_leaves_no_row_and_no_file(
    owner: User, folders: Callable[[], set[str]], content: bytes | None, choices: GenerateOptions, attr: str
) -> None:
    before = folders()
    with pytest.raises(ActionError) as refused:
        create_project(owner, upload(content), choices)
    assert refused.value.attr == attr
    assert not Project.objects.exists()
    assert folders() == before


def test_a_project_that_cannot_be_written_down_leaves_no_file(folders: Callable[[], set[str]]) -> None:
    before = folders()
    with pytest.raises(IntegrityError):
        create_project(User(), upload(), SMALL)
    assert folders() == before


def test_a_new_take_has_all_its_frames_and_a_track_per_candidate(
    project: Project, committed: Commits, waiting: Waiting
) -> None:
    with committed():
        job = generate(project, GenerateOptions(prompt="wobble", frame_count=4, candidates=3, frame_ms=50))
    project.refresh_from_db()
    assert (project.status, project.generation, project.prompt) == ("working", 2, "wobble")
    assert project.revision == project.frame_list_revision == job.revision == 2
    frames = list(project.current_frames())
    assert [(frame.index, frame.status, frame.delay_ms) for frame in frames] == [(k, "pending", 50) for k in range(4)]
    asked = read_recipe(recipe_of("wobble"))
    tracks = [variation(asked, k, track_seed(project.pk)).to_json() for k in range(3)]
    assert tracks[0] == recipe_of("wobble")
    for frame in frames:
        assert list(frame.candidates.order_by("ordinal").values_list("recipe", flat=True)) == tracks
    assert (job.total, job.params, job.candidates.count()) == (12, {"generation": 2}, 12)
    assert waiting("bulk") == [("animations.jobs.run", str(job.pk))]


def test_a_take_is_drawn_by_the_generator_that_was_chosen(project: Project) -> None:
    generate(project, GenerateOptions(generator="procedural"))
    assert Project.objects.get().generator == "procedural"


def test_nothing_chosen_keeps_what_the_project_has(project: Project) -> None:
    generate(project, GenerateOptions())
    project.refresh_from_db()
    assert (project.prompt, project.frame_count, project.candidates, project.generation) == ("bounce", 3, 2, 2)


def test_the_frames_of_a_slow_motion_stay_longer(project: Project) -> None:
    generate(project, GenerateOptions(prompt="slow bounce", frame_ms=80))
    tempo = read_recipe(recipe_of("slow bounce")).tempo
    assert tempo > 1
    assert {frame.delay_ms for frame in project.current_frames()} == {round(80 * tempo)}


def test_the_take_before_stays_until_the_one_after(project: Project) -> None:
    for take, kept in ((2, {1, 2}), (3, {2, 3})):
        job = generate(project, GenerateOptions())
        assert (project.generation, set(project.frames.values_list("generation", flat=True))) == (take, kept)
        Job.objects.filter(pk=job.pk).update(status="succeeded")
        Project.objects.update(status="ready")
    assert set(Candidate.objects.values_list("frame__generation", flat=True)) == {2, 3}


def test_an_equal_wish_while_one_is_under_way_is_the_same_job(project: Project, bounce: Preset) -> None:
    wish = GenerateOptions(preset="bounce", frame_count=5)
    job = generate(project, wish)
    assert generate(project, wish) == job
    assert generate(project, GenerateOptions()) == job
    assert project.jobs.live().count() == 1
    assert project.generation == 2


def test_another_wish_has_to_wait(project: Project) -> None:
    generate(project, GenerateOptions(frame_count=5))
    with pytest.raises(Busy):
        generate(project, GenerateOptions(frame_count=6))
    assert project.jobs.live().count() == 1


def test_no_new_take_begins_while_a_frame_is_retried(project: Project) -> None:
    job = retry(project.frames.get(index=0), "wobble")
    with pytest.raises(Busy):
        generate(project, GenerateOptions())
    assert project.jobs.live().get() == job


def test_a_projects_seed_is_its_own_and_the_same_each_time(owner: User, new_project: MakeProject) -> None:
    ids = [new_project(owner, frames=0).pk for _ in range(8)]
    seeds = [track_seed(project_id) for project_id in ids]
    assert len(set(seeds)) == 8
    assert seeds == [track_seed(project_id) for project_id in ids]
    assert all(SEEDS[0] <= seed <= SEEDS[1] for seed in seeds)
