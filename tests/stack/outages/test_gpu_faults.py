"""Whatever the GPU endpoint does, a clip ends with its right frames: finished, or failed and named. Nothing leaks."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from animations.imaging import png
from animations.matte.levels import apply_levels
from tests.gpu_worker.endpoint_process import LocalEndpoint
from tests.polling import until
from tests.stack.fixtures import KEY
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("faults")]

FRAMES = 6
ONCE: dict[str, dict[str, Any]] = {
    "429": {"fault": "rate_limited", "operation": "run", "times": 3},
    "a gateway's 502": {"fault": "bad_gateway", "operation": "run"},
    "a connection dropped before the send": {"fault": "dropped_before", "operation": "run"},
    "a connection dropped after the send": {"fault": "dropped_after", "operation": "run"},
    "502 while asking": {"fault": "bad_gateway", "operation": "status", "times": 3},
    "404 while asking about a job that runs": {"fault": "not_found", "operation": "status", "times": 4},
    "a slow response": {"fault": "slow", "operation": "run", "seconds": 3},
    "a worker's crash in the middle of a job": {"fault": "crash", "seconds": 0.01},
    "a hanging worker": {"fault": "hang", "seconds": 0.01},
    "a lost result": {"fault": "lost_result"},
    "a result that is not base64": {"fault": "malformed_base64"},
    "a mask of the wrong size": {"fault": "wrong_size"},
    "a job delivered twice": {"fault": "duplicate_delivery"},
    "a result delivered twice": {"fault": "duplicate_result"},
}


def shade(index: int) -> int:
    return 140 + 18 * index


def clip(seed: int = 0) -> bytes:
    """Draw frames of one grey each. The endpoint's alphas are as grey, so no two can be confused."""
    frames = [Image.new("RGB", (64 + seed, 48), (shade(index),) * 3) for index in range(FRAMES)]
    kept = io.BytesIO()
    frames[0].save(kept, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    return kept.getvalue()


def frame_digest(index: int) -> str:
    """Return the SHA-256 of a frame as it goes to the endpoint."""
    with Image.open(io.BytesIO(clip())) as image:
        image.seek(index)
        return hashlib.sha256(png.write_jpeg(np.asarray(image.convert("RGB")), 95)).hexdigest()


@pytest.fixture
def person(faulty: Product, fake_gpu: LocalEndpoint) -> Iterator[Person]:
    set_faults(fake_gpu)
    yield faulty.person()
    set_faults(fake_gpu)


def set_faults(fake_gpu: LocalEndpoint, *faults: dict[str, Any]) -> None:
    url = fake_gpu.client.base_url.join("/_emulator/scenario")
    assert fake_gpu.client.post(url, json={"faults": faults}).is_success


def fired(fake_gpu: LocalEndpoint) -> int:
    answer = fake_gpu.client.get(fake_gpu.client.base_url.join("/_emulator/scenario")).json()
    return int(sum(fault["fired"] for fault in answer["faults"]))


def ended(person: Person, project: dict[str, Any]) -> dict[str, Any]:
    person.finished(project["job"]["id"], seconds=90)
    return person.get(f"projects/{project['id']}/")


def assert_right(person: Person, project: dict[str, Any], failed: set[int]) -> None:
    """Assert that each frame has its own alpha, or has failed and says so."""
    for frame in project["frames"]:
        (candidate,) = frame["candidates"]
        if frame["index"] in failed:
            assert (frame["status"], candidate["status"]) == ("failed", "failed")
            assert candidate["error"]
        else:
            assert (frame["status"], frame["chosen"]) == ("ready", candidate["id"])
            alpha = Image.open(io.BytesIO(person.file(candidate["alpha_url"])))
            expected = apply_levels(np.full((1, 1), shade(frame["index"]), np.uint8))[0, 0]
            assert abs(np.asarray(alpha).mean() - expected) < 3


def assert_nothing_leaks(product: Product, person: Person, project: dict[str, Any]) -> None:
    page = person.http.get(f"{product.base}/emojis/{project['id']}/").text
    jobs = person.http.get(f"jobs/{project['job']['id']}/").text
    kept = {log.stem: log.read_text(errors="replace") for log in product.data_dir.rglob("*.log")}
    assert {"web", "bulk", "interactive", "launch"} <= set(kept)
    logs = "".join(kept.values())
    for text in (page, jobs, logs, str(project), person.http.get("engines/").text):
        assert KEY not in text
    for text in (page, jobs, logs, str(project)):
        assert "Traceback" not in text


@pytest.mark.parametrize("name", ONCE)
def test_what_goes_wrong_once_costs_no_frame(
    faulty: Product, fake_gpu: LocalEndpoint, person: Person, name: str
) -> None:
    set_faults(fake_gpu, ONCE[name])
    project = ended(person, person.upload(clip(), "clip.gif", matte="rembg"))
    assert fired(fake_gpu) == ONCE[name].get("times", 1)
    assert project["status"] == "ready"
    assert_right(person, project, failed=set())
    assert_nothing_leaks(faulty, person, project)


@pytest.mark.parametrize("fault", ["malformed_base64", "wrong_size", "crash", "lost_result"])
def test_a_frame_that_goes_wrong_each_time_fails_alone(
    faulty: Product, fake_gpu: LocalEndpoint, person: Person, fault: str
) -> None:
    more = {"seconds": 0} if fault == "crash" else {}
    set_faults(fake_gpu, {"fault": fault, "picture": frame_digest(2), "times": None, **more})
    project = ended(person, person.upload(clip(), "clip.gif", matte="rembg"))
    assert project["status"] == "partial"
    assert_right(person, project, failed={2})
    assert_nothing_leaks(faulty, person, project)


def test_workers_that_die_at_their_start_a_few_times_cost_no_frame(
    faulty: Product, fake_gpu: LocalEndpoint, person: Person
) -> None:
    set_faults(fake_gpu, {"fault": "crash", "times": 2, "seconds": 0}, {"fault": "crash_loop", "times": 3})
    project = ended(person, person.upload(clip(), "clip.gif", matte="rembg"))
    assert fired(fake_gpu) >= 4
    assert project["status"] == "ready"
    assert_right(person, project, failed=set())
    assert_nothing_leaks(faulty, person, project)


def test_workers_that_die_at_each_start_end_a_job_without_patience_until_they_live_again(
    faulty: Product, fake_gpu: LocalEndpoint, person: Person
) -> None:
    set_faults(fake_gpu, {"fault": "crash", "times": None}, {"fault": "crash_loop", "times": None})
    project = ended(person, person.upload(clip(), "clip.gif", matte="rembg"))
    assert project["status"] == "failed"
    assert "The GPU is failing" in project["job"]["error"]
    assert_right(person, project, failed=set(range(FRAMES)))
    assert_nothing_leaks(faulty, person, project)
    assert person.get("engines/")["state"]["code"] == "failing"
    next_one = ended(person, person.upload(clip(), "clip.gif", matte="rembg"))
    assert "lasted for too long" in next_one["job"]["error"]
    set_faults(fake_gpu)
    until(lambda: ended(person, person.upload(clip(), "clip.gif", matte="rembg"))["status"] == "ready", 90, "a GPU")
