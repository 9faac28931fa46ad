"""Many rows cost as many queries as one."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from animations.models import Export, Job, Preset, Project
from tests.conftest import MakeProject


def queries(api: APIClient, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert api.get(url).status_code == 200
    return len(seen)


def test_a_page_of_many_projects_costs_as_many_queries_as_one_of_one(
    api: APIClient, owner: User, new_project: MakeProject
) -> None:
    new_project(owner)
    one = queries(api, "/api/v1/projects/")
    for frames in (2, 3, 4, 5):
        new_project(owner, frames=frames)
    assert queries(api, "/api/v1/projects/") == one <= 8


def test_a_project_with_many_frames_costs_as_many_queries_as_one_with_few(
    api: APIClient, owner: User, new_project: MakeProject
) -> None:
    small, large = new_project(owner, 2, 1), new_project(owner, 9, 4)
    assert queries(api, f"/api/v1/projects/{large.pk}/") == queries(api, f"/api/v1/projects/{small.pk}/") <= 10


def test_a_page_of_many_exports_costs_as_many_queries_as_one_of_one(api: APIClient, project: Project) -> None:
    url = f"/api/v1/projects/{project.pk}/exports/"
    one = queries(api, url)
    job = Job.objects.create(project=project, kind="export", revision=1)
    for platform in ("gif", "apng", "webp"):
        Export.objects.create(project=project, job=job, platform=platform, revision=1)
    assert queries(api, url) == one <= 7


def test_many_presets_cost_as_many_queries_as_one(api: APIClient, bounce: Preset) -> None:
    one = queries(api, "/api/v1/presets/")
    Preset.objects.create(slug="other", name="Other", recipe=bounce.recipe, active=True)
    assert queries(api, "/api/v1/presets/") == one <= 4
