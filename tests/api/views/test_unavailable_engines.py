"""An engine that somebody names while the endpoint is known to be unable to run it: refused at once, with why."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from animations.models import EndpointState, Job, Matte, Project
from tests.conftest import MakeProject, png

MINUTE = 60.0


@pytest.fixture
def endpoint(db: None) -> EndpointState:
    """Return the row of an endpoint whose worker has just reported `rembg`, no `sam`, and nothing of `birefnet`."""
    said = {"rembg": {"available": True}, "sam": {"available": False, "reason": "SAM is not installed: make models"}}
    info = {"tasks": said, "asked_at": time.time()}
    return EndpointState.objects.create(endpoint=settings.RUNPOD_ENDPOINT_ID, info=info)


def age(endpoint: EndpointState, seconds: float) -> None:
    endpoint.info["asked_at"] = time.time() - seconds
    endpoint.save(update_fields=["info"])


def refine(api: APIClient, project: Project, engine: str) -> Any:
    chosen = project.current_frames().get(index=0).chosen_id
    body = {"candidate": str(chosen), "tool": "matte", "engine": engine}
    return api.post(f"/api/v1/projects/{project.pk}/frames/0/refine/", body, format="json")


def refine_source(api: APIClient, project: Project, engine: str) -> Any:
    body = {"tool": "matte", "engine": engine}
    return api.post(f"/api/v1/projects/{project.pk}/source/refine/", body, format="json")


def create(api: APIClient, **fields: str) -> Any:
    opaque = SimpleUploadedFile("cat.png", png((200, 40, 40, 255), 32))
    return api.post("/api/v1/projects/", {"source": opaque, "prompt": "bounce"} | fields, format="multipart")


def refused(attr: str | None) -> dict[str, object]:
    error = {"code": "unavailable", "detail": "SAM is not installed", "attr": attr}
    return {"type": "validation_error", "errors": [error]}


@pytest.mark.parametrize("ask", [refine, refine_source])
def test_a_refine_by_an_engine_that_cannot_run_is_refused_with_the_catalogues_reason(
    api: APIClient, project: Project, endpoint: EndpointState, ask: Any
) -> None:
    answer = ask(api, project, "sam")
    assert (answer.status_code, answer.json()) == (400, refused("engine"))
    assert not Job.objects.live().exists()
    engines = {row["slug"]: row for row in api.get("/api/v1/engines/").json()["engines"]}
    assert engines["sam"]["reason"] == "SAM is not installed"


@pytest.mark.parametrize("engine", ["rembg", "birefnet", "none"])
def test_engines_that_can_run_or_are_unknown_are_tried(
    api: APIClient, project: Project, endpoint: EndpointState, engine: str
) -> None:
    assert refine(api, project, engine).status_code == 202


def test_an_old_report_refuses_nothing(api: APIClient, project: Project, endpoint: EndpointState) -> None:
    age(endpoint, 19 * MINUTE)
    assert refine(api, project, "sam").status_code == 400
    age(endpoint, 21 * MINUTE)
    assert refine(api, project, "sam").status_code == 202


def test_an_endpoint_that_was_never_asked_refuses_nothing(api: APIClient, project: Project) -> None:
    assert refine(api, project, "sam").status_code == 202
    EndpointState.objects.create(endpoint=settings.RUNPOD_ENDPOINT_ID, error="The endpoint does not answer.")
    assert create(api, matte="sam").status_code == 201


def test_a_matte_that_is_there_already_is_used_again(
    api: APIClient, project: Project, endpoint: EndpointState
) -> None:
    Matte.objects.filter(source=project.source).update(engine="sam")
    assert refine_source(api, project, "sam").status_code == 202


def test_a_new_emoji_with_a_matte_that_cannot_be_made_leaves_nothing(api: APIClient, endpoint: EndpointState) -> None:
    answer = create(api, matte="sam")
    assert (answer.status_code, answer.json()) == (400, refused("matte"))
    assert not Project.objects.exists()
    assert create(api, matte="sam", start="false").status_code == 201


def test_auto_is_never_refused(api: APIClient, endpoint: EndpointState) -> None:
    endpoint.info["tasks"]["rembg"] = endpoint.info["tasks"]["sam"]
    endpoint.save()
    assert create(api, matte="auto").status_code == 201
    assert create(api, matte="rembg").status_code == 400


def test_another_generation_and_another_candidate_need_the_matte_too(
    api: APIClient, owner: User, new_project: MakeProject, endpoint: EndpointState
) -> None:
    project = new_project(owner)
    url = f"/api/v1/projects/{project.pk}/"
    answer = api.post(f"{url}generate/", {"matte": "sam"}, format="json")
    assert (answer.status_code, answer.json()) == (400, refused("matte"))
    Project.objects.filter(pk=project.pk).update(matte="sam")
    answer = api.post(f"{url}frames/0/retry/", {"prompt": "spin"}, format="json")
    assert (answer.status_code, answer.json()) == (400, refused(None))
    Matte.objects.filter(source=project.source).update(engine="sam")
    assert api.post(f"{url}frames/0/retry/", {"prompt": "spin"}, format="json").status_code == 202
