"""Taps that SAM 2 follows where the endpoint has it, and GrabCut where it does not answer."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from rest_framework.test import APIClient

from animations import jobs
from animations.models import EndpointState, GpuCall, Matte
from tests.work.fake_endpoint import FakeEndpoint
from tests.work.kinds.refine_requests import alpha_of, ask, chosen, refined, shown

TAP: dict[str, Any] = {"tool": "points", "points": [[128, 210, 1]]}


@pytest.fixture
def sam(transactional_db: None) -> EndpointState:
    """Return the state of an endpoint that says it has SAM 2."""
    info = {"asked_at": time.time(), "tasks": {"sam": {"available": True}}}
    row, _ = EndpointState.objects.update_or_create(endpoint=settings.RUNPOD_ENDPOINT_ID, defaults={"info": info})
    return row


def test_sam_follows_the_taps_in_one_call(
    api: APIClient, ring: Any, sam: EndpointState, endpoint: FakeEndpoint
) -> None:
    after = refined(api, ring, **TAP)
    (run,) = endpoint.runs
    assert (run["task"], run["params"]) == ("sam", {"points": [[128, 210, 1]], "box": [40, 40, 216, 216]})
    matte = Matte.objects.get(pk=after["source"]["matte"])
    assert (matte.engine, matte.tool, matte.call) == ("sam", "points", GpuCall.objects.get())
    assert [chosen(frame)["engine"] for frame in after["frames"]] == ["sam"] * 3
    assert alpha_of(api, after)[128, 128] == 255  # the disc that the endpoint has drawn
    assert alpha_of(api, ring)[128, 128] == 255
    assert not np.array_equal(alpha_of(api, after), alpha_of(api, ring))


def test_a_run_that_starts_again_pays_for_nothing_twice(
    api: APIClient, ring: Any, sam: EndpointState, endpoint: FakeEndpoint
) -> None:
    refined(api, ring, **TAP)
    ask(api, ring, {"matte": ring["source"]["matte"]}, "source/choose/")
    refined(api, ring, **TAP)
    assert len(endpoint.runs) == 1


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT"])
def test_grabcut_follows_where_sam_fails(
    api: APIClient, ring: Any, sam: EndpointState, endpoint: FakeEndpoint, status: str
) -> None:
    endpoint.answers["sam"] = {"status": status, "error": '{"code": "internal", "message": "no"}'}
    after = refined(api, ring, tool="points", points=[[128, 210, 0]])
    assert Matte.objects.get(pk=after["source"]["matte"]).engine == "grabcut"
    assert [chosen(frame)["engine"] for frame in after["frames"]] == ["grabcut"] * 3
    assert alpha_of(api, after)[210, 128] == 0


def test_without_sam_nothing_is_sent(api: APIClient, ring: Any, sam: EndpointState, endpoint: FakeEndpoint) -> None:
    sam.info["tasks"]["sam"] = {"available": False, "reason": "No weights: put them there."}
    sam.save()
    refined(api, ring, tool="points", points=[[128, 210, 0]])
    assert endpoint.runs == []


def test_the_frames_of_a_clip_are_sent_together_and_each_gets_its_own_mask(
    api: APIClient, clip: Any, sam: EndpointState, endpoint: FakeEndpoint
) -> None:
    body = {"candidate": clip["frames"][0]["chosen"], "apply_to": "all"} | TAP
    after = refined(api, clip, "frames/0/refine/", **body)
    assert {run["task"] for run in endpoint.runs} == {"sam"}
    assert sum(len(run["images"]) for run in endpoint.runs) == 2
    assert [chosen(frame)["engine"] for frame in after["frames"]] == ["sam"] * 2
    assert [chosen(frame)["origin"] for frame in after["frames"]] == ["refined"] * 2


def test_a_frame_that_sam_has_no_answer_for_is_cut_by_grabcut(
    api: APIClient, clip: Any, sam: EndpointState, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["sam"] = {"status": "FAILED", "error": '{"code": "internal", "message": "no"}'}
    body = {"candidate": clip["frames"][0]["chosen"], "tool": "points", "points": [[128, 210, 0]]}
    job = ask(api, clip, body, "frames/0/refine/").json()
    jobs.run(job["id"])
    assert chosen(shown(api, clip)["frames"][0])["engine"] == "grabcut"
