"""Engines that cannot be used are refused before a job is written."""

from __future__ import annotations

import time

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from animations.actions.engines import check_background, check_engine, check_gpu
from animations.actions.errors import ActionError
from animations.actions.quota import QuotaExceeded
from animations.models import EndpointState, Project, Source


@pytest.fixture
def state(db: None) -> EndpointState:
    """Return the endpoint whose worker cannot run SAM, as it has just said."""
    tasks = {"rembg": {"available": True}, "sam": {"available": False, "reason": "No weights: put them there."}}
    return EndpointState.objects.create(
        endpoint=django_settings.RUNPOD_ENDPOINT_ID, info={"tasks": tasks, "asked_at": time.time()}
    )


def test_an_engine_that_the_worker_cannot_run_is_refused_with_its_reason(state: EndpointState) -> None:
    with pytest.raises(ActionError, match=r"^No weights$") as refused:
        check_engine("sam", "matte")
    assert (refused.value.code, refused.value.attr) == ("unavailable", "matte")


@pytest.mark.parametrize("engine", ["rembg", "birefnet", "auto"])
def test_an_engine_that_the_worker_can_run_or_has_not_spoken_of_is_tried(state: EndpointState, engine: str) -> None:
    check_engine(engine, "matte")


def test_what_the_worker_said_long_ago_refuses_nothing(state: EndpointState) -> None:
    state.expire_info()
    check_engine("sam", "matte")


def test_gpu_work_needs_an_engine_that_runs_and_quota(
    state: EndpointState, project: Project, settings: Settings
) -> None:
    check_gpu(project, "rembg", "matte")
    with pytest.raises(ActionError, match="No weights"):
        check_gpu(project, "sam", "matte")
    settings.GPU_SECONDS_PER_DAY = 0
    with pytest.raises(QuotaExceeded):
        check_gpu(project, "auto", "matte")


def test_only_a_picture_on_white_is_keyed() -> None:
    check_background(Source(background="white"), "white")
    check_background(Source(background="other"), "rembg")
    with pytest.raises(ActionError) as refused:
        check_background(Source(background="other"), "white", "engine")
    assert (refused.value.code, refused.value.attr) == ("no_white_ground", "engine")
