"""Migrations that change rows."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import User

from animations.models import Candidate, Export, Job, Project, Source
from tests.conftest import MakeProject


@pytest.mark.parametrize(
    ("matted_by", "matte", "has_alpha", "engine"),
    [
        ("sam", "auto", False, "sam"),
        (None, "auto", False, "rembg"),
        (None, "auto", True, "none"),
        (None, "white", True, "white"),
    ],
)
def test_old_drawn_candidates_name_the_engine_of_their_matte(
    owner: User, new_project: MakeProject, matted_by: str | None, matte: str, has_alpha: bool, engine: str
) -> None:
    project, other = new_project(owner), new_project(owner)
    Candidate.objects.filter(frame__project=project).update(engine="procedural")
    Candidate.objects.filter(frame__project=other).update(engine="birefnet")
    Project.objects.filter(pk=project.pk).update(matte=matte)
    Source.objects.filter(project=project).update(has_alpha=has_alpha)
    if matted_by:
        project.source.mattes.update(engine=matted_by)
    else:
        project.source.mattes.all().delete()
    migration = import_module("animations.migrations.0010_engines_of_drawn_candidates")
    migration.name_the_mattes_engine(apps, None)
    assert set(Candidate.objects.filter(frame__project=project).values_list("engine", flat=True)) == {engine}
    assert set(Candidate.objects.filter(frame__project=other).values_list("engine", flat=True)) == {"birefnet"}


def test_export_jobs_whose_files_a_later_job_makes_end(owner: User, new_project: MakeProject) -> None:
    project = new_project(owner)
    left, wanted = (Job.objects.create(project=project, kind=Job.Kind.EXPORT, revision=1, total=1) for _ in range(2))
    Export.objects.create(project=project, job=left, platform="gif", status="cancelled", revision=1)
    Export.objects.create(project=project, job=wanted, platform="gif", revision=1)
    migration = import_module("animations.migrations.0007_one_queued_export_per_platform")
    migration.cancel_older_queued_exports(apps, None)
    assert dict(Job.objects.filter(pk__in=(left.pk, wanted.pk)).values_list("pk", "status")) == {
        left.pk: "cancelled", wanted.pk: "queued"
    }  # fmt: skip
