"""A filled database of an older version comes along with all its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps.registry import Apps
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from animations.models import Frame, Project, Source

BEFORE = "0012_candidate_previews"
BEFORE_BACKGROUNDS = "0008_framing_of_clips"
RENAMED = {
    "project": {"take": "generation", "shape_revision": "frame_list_revision"},
    "frame": {"take": "generation"},
    "preset": {"preview_asked_at": "preview_requested_at"},
    "source": {"ground": "background"},
}

Rows = dict[str, list[dict[str, Any]]]

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(targets: list[tuple[str, str]]) -> Apps:
    """Migrate there, and return the models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def latest() -> list[tuple[str, str]]:
    return [node for node in MigrationExecutor(connection).loader.graph.leaf_nodes() if node[0] == "animations"]


@pytest.fixture
def migrate_back(latest: list[tuple[str, str]]) -> Iterator[Callable[[str], Apps]]:
    """Yield a function that goes back to a version and returns its models; come back to the latest afterwards."""
    yield lambda version: migrate([("animations", version)])
    migrate(latest)


def fill(apps: Apps, owner: User) -> None:
    """Write a project with frames of two generations, and a preset whose preview is requested."""

    def create(model: str, **values: Any) -> Any:
        return apps.get_model("animations", model).objects.create(**values)

    preset = create(
        "Preset", slug="bounce", name="Bounce", recipe={"layers": []}, template="", preview_asked_at=timezone.now()
    )
    project = create(
        "Project", owner_id=owner.pk, name="Face", preset=preset, take=2, revision=9, shape_revision=7, status="ready"
    )
    source = create("Source", project=project, original="o", original_format="png", picture="p", width=1, height=1)
    source.ground = "white"
    source.matte = create("Matte", source=source, engine="rembg", alpha="a", cutout="c")
    source.save()
    job = create("Job", project=project, kind="generate", status="succeeded", revision=8, params={"take": 2})
    create("GpuCall", project=project, job=job, key="k", task="rembg", status="succeeded")
    create("Export", project=project, job=job, platform="gif", revision=9)
    for take in (1, 2):
        for index in range(2):
            frame = create("Frame", project=project, take=take, index=index, delay_ms=80, revision=9, status="ready")
            frame.chosen = create(
                "Candidate", frame=frame, ordinal=0, job=job, status="ready", cutout=f"{take}{index}"
            )
            frame.save()


def rows(apps: Apps) -> Rows:
    """Read all rows of the app with their columns, by model and in order of their keys."""
    models = apps.get_app_config("animations").get_models(include_auto_created=True)
    return {model._meta.model_name or "": list(model._default_manager.order_by("pk").values()) for model in models}


def renamed(found: Rows) -> Rows:
    names = {model: RENAMED.get(model, {}) for model in found}
    return {
        model: [{names[model].get(name, name): value for name, value in row.items()} for row in columns]
        for model, columns in found.items()
    }


def with_new_columns(before: Rows, after: Rows) -> Rows:
    """Add the columns that later versions have to the rows of before."""
    return {
        model: [new | old for old, new in zip(before.get(model, []), found, strict=True)]
        for model, found in after.items()
    }


def test_every_row_of_the_version_before_keeps_its_values(
    migrate_back: Callable[[str], Apps], latest: list[tuple[str, str]], owner: User
) -> None:
    old_apps = migrate_back(BEFORE)
    fill(old_apps, owner)
    before = rows(old_apps)
    assert all(before[model] for model in ("project", "source", "matte", "job", "gpucall", "export", "preset"))
    after = rows(migrate(latest))
    assert after == with_new_columns(renamed(before), after)
    project = Project.objects.get()
    assert (project.generation, project.revision, project.frame_list_revision) == (2, 9, 7)
    assert [frame.chosen and str(frame.chosen.cutout) for frame in project.current_frames()] == ["20", "21"]
    assert [frame.phase for frame in project.current_frames()] == [0, 0.5]
    with pytest.raises(IntegrityError):
        Frame.objects.create(project=project, generation=2, index=1, delay_ms=80, revision=9)


def test_old_sources_with_alpha_count_as_cut_out(
    migrate_back: Callable[[str], Apps], latest: list[tuple[str, str]], owner: User
) -> None:
    models = migrate_back(BEFORE_BACKGROUNDS)
    values = {"original": "o", "original_format": "png", "picture": "p", "width": 1, "height": 1}
    for has_alpha in (True, False):
        project = models.get_model("animations", "Project").objects.create(owner_id=owner.pk, name="Face")
        models.get_model("animations", "Source").objects.create(project=project, has_alpha=has_alpha, **values)
    migrate(latest)
    assert dict(Source.objects.values_list("has_alpha", "background")) == {True: "transparent", False: "other"}
