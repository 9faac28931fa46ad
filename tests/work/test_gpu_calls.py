from __future__ import annotations

from collections.abc import Callable

import pytest

from animations.actions.jobs import cancel
from animations.models import GpuCall, Job, Project
from animations.models.job import LeaseLost
from animations.work import png
from animations.work.gpu_calls import infer
from animations.work.lease import Lease
from animations.work.ledger import RowLedger
from gpu.contract import Request
from gpu.errors import JobFailed
from gpu.ledger import UNTIMED, CallMovedError, Result, Timings
from tests.work.conftest import drawing
from tests.work.fake_endpoint import FakeEndpoint

Take = Callable[[Job], Lease]
REQUEST = Request("rembg", (drawing(),), pack=False)


@pytest.fixture
def lease(make_project: Callable[..., Project], lease_of: Take) -> Lease:
    return lease_of(make_project().jobs.get())


def test_a_call_is_written_down_with_what_it_took(lease: Lease, endpoint: FakeEndpoint) -> None:
    result = infer(lease, REQUEST)
    call = GpuCall.objects.get()
    assert isinstance(result.frames[0], bytes)
    assert png.read(result.frames[0]).shape == (80, 96)
    assert (call.status, call.task, call.remote_id, call.frames) == ("succeeded", "rembg", "1", 1)
    assert (call.delay_ms, call.execution_ms, call.user) == (20, 1500, lease.job.project.owner)
    assert call.sent_at is not None
    assert call.finished_at is not None


def test_the_same_work_is_paid_for_once(lease: Lease, endpoint: FakeEndpoint) -> None:
    assert infer(lease, REQUEST).frames == infer(lease, REQUEST).frames
    assert len(endpoint.runs) == 1


def test_a_cancelled_job_calls_its_remote_job_off(lease: Lease, endpoint: FakeEndpoint) -> None:
    endpoint.answer = {"status": "IN_QUEUE"}
    endpoint.on_run = lambda: cancel(lease.job.__class__.objects.get(pk=lease.job.pk)) and None
    with pytest.raises(LeaseLost), lease.kept():
        infer(lease, REQUEST)
    assert endpoint.cancelled == ["1"]


async def test_a_run_that_lost_its_job_writes_nothing(lease: Lease) -> None:
    ledger = RowLedger(lease)
    record = await ledger.open(REQUEST, "key", "there")
    await Job.objects.aupdate(lease_token=None)
    with pytest.raises(LeaseLost):
        await ledger.sending(record)
    with pytest.raises(LeaseLost):
        await ledger.cancelled(record)
    assert (await ledger.reread(record)).status == "prepared"


async def test_a_row_that_moved_on_is_not_moved_again(lease: Lease) -> None:
    ledger = RowLedger(lease)
    record = await ledger.open(REQUEST, "key", "there")
    await ledger.sending(record)
    with pytest.raises(CallMovedError):
        await ledger.sending(record)


async def test_an_unanswered_send_stays_beside_its_repetition(lease: Lease) -> None:
    ledger = RowLedger(lease)
    record = await ledger.uncertain(await ledger.sending(await ledger.open(REQUEST, "key", "there")))
    assert (await ledger.open(REQUEST, "key", "there")).status == "uncertain"
    again = await ledger.again(record)
    assert (again.status, again.attempt, again.replaces_uncertain) == ("prepared", 2, True)
    rows = [(row.attempt, row.status) async for row in GpuCall.objects.order_by("attempt")]
    assert rows == [(1, "uncertain"), (2, "prepared")]


async def test_results_and_failures_are_kept(lease: Lease) -> None:
    ledger = RowLedger(lease)
    record = await ledger.submitted(await ledger.sending(await ledger.open(REQUEST, "key", "there")), "r-1")
    assert (await ledger.reread(record)).remote_id == "r-1"
    frames = (b"png", {"code": "bad_image", "message": "no"})
    await ledger.succeeded(record, Result({"model": "m"}, frames, Timings(1, 2)))  # type: ignore[arg-type]
    kept = await ledger.open(REQUEST, "key", "there")
    assert kept.result is not None
    assert kept.result.frames == frames
    other = await ledger.open(REQUEST, "other", "there")
    await ledger.failed(other, JobFailed("internal", "broken"), UNTIMED)
    fresh = await ledger.open(REQUEST, "other", "there")
    assert (fresh.attempt, fresh.status) == (2, "prepared")
    assert (await GpuCall.objects.aget(key="other", attempt=1)).error == "broken"


def test_pictures_survive_the_way_through_bytes() -> None:
    import numpy as np

    rng = np.random.default_rng(1)
    for shape in ((5, 7), (5, 7, 3), (5, 7, 4)):
        picture = rng.integers(0, 256, shape, np.uint8)
        assert (png.read(png.write(picture)) == picture).all()
    flat = np.full((16, 16, 3), (200, 30, 40), np.uint8)
    assert np.abs(png.read(png.write_jpeg(flat, 95)).astype(int) - flat).max() < 4
    with pytest.raises(ValueError, match="8-bit"):
        png.read(b"nonsense")
