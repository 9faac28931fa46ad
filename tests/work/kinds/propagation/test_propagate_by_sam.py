"""A correction carried through a clip by SAM 2 where the endpoint has it, and by the motion where that is no help."""

from __future__ import annotations

import base64
import io
import time
from typing import Any

import numpy as np
import pytest
from django.conf import settings as current
from django.utils import timezone
from PIL import Image
from pytest_django import Settings
from rest_framework.test import APIClient

from animations import jobs
from animations.imaging import png
from animations.models import Candidate, EndpointState, Frame, GpuCall, GpuTiming, Job
from gpu_worker.services.prompts import read_clip_prompts
from gpu_worker.services.sam_clip_service import fit_prompts_to_clip
from tests.conftest import content
from tests.gpu_worker.endpoint_process import LocalEndpoint
from tests.stack.fixtures import gpu_settings
from tests.work.fake_endpoint import FakeEndpoint
from tests.work.kinds.propagation.discs import SIDE, alphas, mended, moving_disc, propagated
from tests.work.kinds.refine_requests import shown


@pytest.fixture
def sam(transactional_db: None) -> EndpointState:
    """Return the state of an endpoint that says it follows subjects through clips."""
    info = {"asked_at": time.time(), "tasks": {"sam_clip": {"available": True, "device": "cuda"}}}
    row, _ = EndpointState.objects.update_or_create(endpoint=current.RUNPOD_ENDPOINT_ID, defaults={"info": info})
    return row


@pytest.fixture
def real_endpoint(sam: EndpointState, fake_gpu: LocalEndpoint, settings: Settings) -> None:
    """Use the endpoint of this machine, with the SDK's own workers, which make nonsense of every picture."""
    for name, value in gpu_settings(fake_gpu).items():
        if name.startswith("RUNPOD"):
            setattr(settings, name, value)
    sam.endpoint = settings.RUNPOD_ENDPOINT_ID
    sam.save()


def masks(*, thing: bool) -> dict[str, Any]:
    """Return the answer of a model that has followed the disc, and the thing beside it too or not."""
    results = []
    for step in range(4):
        mask = np.where(np.asarray(moving_disc(step)).min(axis=2) < 250, 255, 0).astype(np.uint8)
        mask[130:150, 20:50] = 255 * thing
        results.append({"alpha": base64.b64encode(png.write(mask)).decode()})
    output = {"results": results, "model": "sam2.1-hiera-tiny", "ms": 300.0}
    return {"status": "COMPLETED", "output": output, "delayTime": 20, "executionTime": 600}


def made(project: Any, index: int) -> Any:
    return project["frames"][index]["candidates"][-1]


def test_one_call_follows_the_corrected_subject_through_the_clip(
    api: APIClient, discs: Any, sam: EndpointState, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["sam_clip"] = masks(thing=False)
    after = propagated(api, mended(api, discs))
    (run,) = [run for run in endpoint.runs if run["task"] == "sam_clip"]
    sizes = [Image.open(io.BytesIO(base64.b64decode(image))).size for image in run["images"]]
    assert sizes == [(SIDE, SIDE)] * 4
    (prompt,) = fit_prompts_to_clip(read_clip_prompts(run["params"]), sizes)
    assert prompt.frame == 1
    pointed = zip(prompt.prompt.points, prompt.prompt.labels, strict=True)
    assert {(label, 130 <= y < 150) for (_, y), label in pointed} == {(1, False), (0, True)}
    for index in (0, 2, 3):
        assert made(after, index)["carried_by"] == "sam_clip"
        assert made(after, index)["confidence"] > 0.6
        assert png.read(content(api, made(after, index)["alpha_url"]))[140, 35] == 0
    assert [alpha[140, 35] for alpha in alphas(api, after)] == [255, 0, 255, 255]
    assert GpuCall.objects.get(task="sam_clip").frames == 4


@pytest.mark.parametrize("answer", ["failed", "thing", "empty"])
def test_the_motion_carries_it_where_sam_does_not_help(
    api: APIClient, discs: Any, sam: EndpointState, endpoint: FakeEndpoint, answer: str
) -> None:
    answers = {
        "failed": {"status": "FAILED", "error": '{"code": "internal", "message": "no"}'},
        "thing": masks(thing=True),
        "empty": {"status": "COMPLETED", "output": {"results": []}},
    }
    endpoint.answers["sam_clip"] = answers[answer]
    after = propagated(api, mended(api, discs))
    assert [made(after, index)["carried_by"] for index in (0, 2, 3)] == ["flow"] * 3
    assert all(made(after, index)["confidence"] > 0.6 for index in (0, 2, 3))


def test_nothing_is_sent_to_an_endpoint_without_it_or_too_slow(
    api: APIClient, discs: Any, sam: EndpointState, endpoint: FakeEndpoint
) -> None:
    sam.info["tasks"]["sam_clip"]["available"] = False
    sam.save()
    first = propagated(api, mended(api, discs))
    sam.info["tasks"]["sam_clip"] = {"available": True, "device": "cpu"}
    sam.save()
    slow = {"per_frame_ms": 40_000, "per_call_ms": 100, "samples": 3, "updated_at": timezone.now()}
    GpuTiming.objects.create(endpoint=current.RUNPOD_ENDPOINT_ID, task="sam_clip", size_class="256", **slow)
    propagated(api, first)
    assert [run for run in endpoint.runs if run["task"] == "sam_clip"] == []


def test_a_run_that_starts_again_pays_for_no_second_call(
    api: APIClient, discs: Any, sam: EndpointState, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["sam_clip"] = masks(thing=False)
    before = mended(api, discs)
    whole = propagated(api, before)
    job = Job.objects.filter(kind="refine").latest("created_at")
    last = job.candidates.get(frame__index=3)
    files = {"alpha": "", "cutout": "", "picture": "", "confidence": None, "carried_by": ""}
    Candidate.objects.filter(pk=last.pk).update(status="pending", **files)
    Frame.objects.filter(pk=last.frame_id).update(status="working")
    Job.objects.filter(pk=job.pk).update(status="queued", done=2)
    jobs.run(str(job.pk))
    again = shown(api, before)
    assert made(again, 3)["carried_by"] == "sam_clip"
    assert made(again, 3)["alpha_url"] == made(whole, 3)["alpha_url"]
    assert len([run for run in endpoint.runs if run["task"] == "sam_clip"]) == 1


@pytest.mark.stack
def test_the_endpoint_of_this_machine_takes_the_call_and_nonsense_changes_nothing(
    api: APIClient, discs: Any, real_endpoint: None
) -> None:
    after = propagated(api, mended(api, discs))
    call = GpuCall.objects.get(task="sam_clip")
    assert (call.status, call.frames, call.model, len(call.results)) == ("succeeded", 4, "fake", 4)
    assert [made(after, index)["carried_by"] for index in (0, 2, 3)] == ["flow"] * 3
