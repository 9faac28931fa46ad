"""The endpoint goes away in the middle of a clip: the clip waits, others do not, and nothing is lost."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from tests.polling import until
from tests.stack.fixtures import NewFolder
from tests.stack.product import Product, rows_of, running_product
from tests.work.outages import KEY, FragileEndpoint

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("outage")]

FRAMES = 60


@pytest.fixture(scope="module")
def endpoint() -> Iterator[FragileEndpoint]:
    started = FragileEndpoint()
    try:
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def product(data_dir: NewFolder, endpoint: FragileEndpoint) -> Iterator[Product]:
    address = {"RUNPOD_BASE_URL": endpoint.url, "LOCAL_GPU_KEY": KEY, "GPU_MAX_WORKERS": "2"}
    with running_product(data_dir("outage"), **address) as started:
        yield started


def clip() -> bytes:
    """Draw frames of one grey each: the endpoint's alphas are as grey."""
    first, *others = [Image.new("RGB", (64, 48), (130 + 2 * index,) * 3) for index in range(FRAMES)]
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others, duration=80, loop=0)
    return file.getvalue()


def test_a_clip_outlives_its_endpoint_and_blocks_nobody_while_it_waits(
    product: Product, endpoint: FragileEndpoint, photo: bytes
) -> None:
    person, other = product.person(), product.person()
    project = person.upload(clip(), "clip.gif", matte="rembg", framing="whole", frame_count=FRAMES)
    job = project["job"]["id"]
    until(endpoint.finished_calls, 60, "work at the endpoint")
    endpoint.kill()
    until(lambda: person.get(f"jobs/{job}/")["waiting_since"], 60, "the job says that it waits")

    drawn = other.upload(photo, "photo.jpg", prompt="bounce", matte="none", frame_count=4, candidates=1)
    assert other.finished(drawn["job"]["id"], seconds=30)["status"] == "succeeded"

    endpoint.start()
    ended = person.finished(job, seconds=180)
    assert (ended["status"], ended["error"], ended["waiting_since"]) == ("succeeded", "", None)
    detail = person.get(f"projects/{project['id']}/")
    assert [frame["status"] for frame in detail["frames"]] == ["ready"] * FRAMES
    query = "SELECT sum(frames) FROM animations_gpucall WHERE cost_is_estimate AND job_id = ?"
    unanswered = rows_of(product.data_dir, query, job)[0][0] or 0
    assert FRAMES <= endpoint.executed_frames() <= FRAMES + unanswered + hedged_frames(product, job)


def hedged_frames(product: Product, job: str) -> int:
    """Count the frames that were given to a second worker since the first was late, as on a busy machine."""
    query = """SELECT sum((keys - 1) * frames) FROM (
        SELECT frames, count(DISTINCT key) AS keys FROM animations_gpucall WHERE job_id = ? GROUP BY frame_keys)"""
    return int(rows_of(product.data_dir, query, job)[0][0] or 0)
