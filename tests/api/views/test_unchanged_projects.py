"""A client that has the latest state of a project is told so, in a few bytes."""

from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework.test import APIClient

from animations.actions.projects.edit import edit
from animations.models import GpuCall, Project
from tests.conftest import ClientOf


def status_and_etag(api: APIClient, project: Project, known: str = "") -> tuple[int, str]:
    headers = {"If-None-Match": known} if known else {}
    answer = api.get(f"/api/v1/projects/{project.pk}/", headers=headers)
    assert bool(answer.content) == (answer.status_code != 304)
    return answer.status_code, answer.headers.get("ETag", "")


def test_a_client_with_the_latest_state_gets_no_other(api: APIClient, project: Project) -> None:
    status, etag = status_and_etag(api, project)
    assert (status, status_and_etag(api, project, etag)) == (200, (304, etag))
    assert status_and_etag(api, project, f'"other", {etag}') == (304, etag)


def test_the_state_in_another_language_is_another(api: APIClient, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(understood_as="")
    _, english = status_and_etag(api, project)
    api.credentials(HTTP_ACCEPT_LANGUAGE="ko")
    status, korean = status_and_etag(api, project, english)
    assert (status, korean != english) == (200, True)


def test_a_change_makes_the_state_another(api: APIClient, project: Project) -> None:
    _, etag = status_and_etag(api, project)
    edit(project, {"name": "Other"})
    assert status_and_etag(api, project, etag)[0] == 200


def test_what_the_job_has_used_of_the_gpu_belongs_to_the_state(api: APIClient, project: Project) -> None:
    _, etag = status_and_etag(api, project)
    GpuCall.objects.filter(project=project).update(execution_ms=901)
    assert status_and_etag(api, project, etag)[0] == 200


def test_a_stranger_is_not_told_that_a_state_is_the_latest(
    api: APIClient, project: Project, stranger: User, client_of: ClientOf
) -> None:
    _, etag = status_and_etag(api, project)
    assert status_and_etag(client_of(stranger), project, etag)[0] == 404
