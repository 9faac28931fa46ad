from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.conf import settings as current
from pytest_django import Settings

from animations.models import GpuCall, GpuTiming, Job, Project
from animations.models.gpu.webhook_signature import webhook_path
from animations.models.job import LeaseLost
from animations.work.gpu.quota import QuotaExceeded
from animations.work.gpu.row_ledger import RowLedger
from animations.work.lease import Lease, claim
from gpu.contract import Request
from gpu.errors import JobFailed, JobLost
from gpu.ledger import UNTIMED, CallMovedError, CallRecord, Result, Timings
from tests.work.conftest import disc_png

ClaimLease = Callable[[Job], Lease]
REQUEST = Request("rembg", (disc_png(),), pack=False)
LOST = JobLost("gone")


@pytest.fixture
def lease(make_project: Callable[..., Project], lease_of: ClaimLease) -> Lease:
    return lease_of(make_project().jobs.get())


@pytest.fixture
def ledger(lease: Lease) -> RowLedger:
    return RowLedger(lease)


async def _submitted(ledger: RowLedger, key: str, frames: tuple[str, ...] = ()) -> CallRecord:
    return await ledger.mark_submitted(
        await ledger.mark_sending(await ledger.get_or_create(REQUEST, key, "there", frames)), f"r-{key}"
    )


async def test_a_run_that_lost_its_job_writes_nothing(ledger: RowLedger) -> None:
    record = await ledger.get_or_create(REQUEST, "key", "there")
    await Job.objects.aupdate(lease_token=None)
    with pytest.raises(LeaseLost):
        await ledger.mark_sending(record)
    with pytest.raises(LeaseLost):
        await ledger.mark_cancelled(record)
    assert (await ledger.refresh(record)).status == "prepared"


async def test_a_row_that_moved_on_is_not_moved_again(ledger: RowLedger) -> None:
    record = await ledger.get_or_create(REQUEST, "key", "there")
    await ledger.mark_sending(record)
    with pytest.raises(CallMovedError):
        await ledger.mark_sending(record)


async def test_an_unanswered_send_stays_in_the_ledger_beside_its_resend(ledger: RowLedger) -> None:
    opened = await ledger.get_or_create(REQUEST, "key", "there", ["a"])
    record = await ledger.mark_uncertain(await ledger.mark_sending(opened))
    await GpuCall.objects.aupdate(signalled_at="2026-01-01T00:00:00Z")
    assert (await ledger.get_or_create(REQUEST, "key", "there")).status == "uncertain"
    again = await ledger.resend(record, Timings(None, 15_000, estimated=True))
    assert (again.status, again.attempt, again.replaces_uncertain, again.frame_keys) == ("prepared", 2, True, ("a",))
    rows = [(row.attempt, row.status, bool(row.signalled_at)) async for row in GpuCall.objects.order_by("attempt")]
    assert rows == [(1, "uncertain", True), (2, "prepared", False)]
    booked = [(row.execution_ms, row.cost_is_estimate) async for row in GpuCall.objects.order_by("attempt")]
    assert booked == [(15_000, True), (None, False)]


async def test_results_and_failures_are_kept(ledger: RowLedger) -> None:
    record = await _submitted(ledger, "key")
    assert (await ledger.refresh(record)).remote_id == "r-key"
    frames = (b"png", {"code": "bad_image", "message": "no"})
    await ledger.mark_succeeded(record, Result({"model": "m"}, frames, Timings(1, 2)))  # type: ignore[arg-type]
    kept = await ledger.get_or_create(REQUEST, "key", "there")
    assert kept.result is not None
    assert kept.result.frames == frames
    other = await ledger.get_or_create(REQUEST, "other", "there")
    await ledger.mark_failed(other, JobFailed("internal", "broken"), UNTIMED)
    fresh = await ledger.get_or_create(REQUEST, "other", "there")
    assert (fresh.attempt, fresh.status) == (2, "prepared")
    assert (await GpuCall.objects.aget(key="other", attempt=1)).error == "broken"


async def test_calls_are_found_by_any_of_their_frames_oldest_first(ledger: RowLedger) -> None:
    for key, frames in (("one", ("a", "b")), ("two", ("c",)), ("three", ("d", "e"))):
        await _submitted(ledger, key, frames)
    found = await ledger.find_by_frames(["e", "b", "x"])
    assert [(record.key, record.frame_keys) for record in found] == [("one", ("a", "b")), ("three", ("d", "e"))]
    assert await ledger.find_by_frames([]) == []


async def test_calls_that_ended_were_resent_or_are_another_projects_are_not_found(
    ledger: RowLedger, make_project: Callable[..., Project], lease: Lease
) -> None:
    failed = await _submitted(ledger, "failed", ("a",))
    await ledger.mark_failed(failed, JobFailed("internal", "broken"), UNTIMED)
    lost = await ledger.mark_uncertain(
        await ledger.mark_sending(await ledger.get_or_create(REQUEST, "lost", "there", ("b",)))
    )
    assert [record.key for record in await ledger.find_by_frames(["a", "b"])] == ["lost"]
    again = await ledger.resend(lost)
    assert [record.attempt for record in await ledger.find_by_frames(["b"])] == [2]
    await ledger.mark_cancelled(again)
    assert await ledger.find_by_frames(["a", "b"]) == []
    await _submitted(ledger, "else", ("z",))
    await GpuCall.objects.filter(key="else").aupdate(project=None)
    assert await ledger.find_by_frames(["z"]) == []


async def test_a_webhook_that_was_quicker_than_the_answer_is_no_conflict(ledger: RowLedger) -> None:
    sending = await ledger.mark_sending(await ledger.get_or_create(REQUEST, "key", "there"))
    await GpuCall.objects.aupdate(status="submitted", remote_id="r-1")
    assert (await ledger.mark_submitted(sending, "r-1")).remote_id == "r-1"
    heard = await ledger.mark_uncertain(sending)
    assert (heard.status, heard.remote_id) == ("submitted", "r-1")
    with pytest.raises(CallMovedError):
        await ledger.mark_submitted(sending, "r-2")


async def test_a_call_reserves_its_users_gpu_time_until_it_has_ended(ledger: RowLedger, settings: Settings) -> None:
    first = await _submitted(ledger, "first")
    row = await GpuCall.objects.aget()
    assert row.estimate_ms > 0
    settings.GPU_SECONDS_PER_DAY = row.estimate_ms * 1.5 / 1000
    with pytest.raises(QuotaExceeded, match="used up"):
        await ledger.get_or_create(REQUEST, "second", "there")
    assert (await ledger.get_or_create(REQUEST, "first", "there")).status == "submitted"
    await ledger.mark_failed(first, JobFailed("internal", "broken"), Timings(0, 10_000))
    assert (await ledger.get_or_create(REQUEST, "second", "there")).status == "prepared"


@pytest.mark.parametrize("ending", ["cancelled", "failed"])
async def test_a_time_that_is_the_most_possible_is_booked_and_marked(
    ledger: RowLedger, settings: Settings, ending: str
) -> None:
    settings.GPU_DOLLARS_PER_SECOND = 0.5
    record, most = await _submitted(ledger, "key"), Timings(None, 60_000, estimated=True)
    ended = ledger.mark_cancelled(record, most) if ending == "cancelled" else ledger.mark_failed(record, LOST, most)
    assert (await ended).status == ending
    row = await GpuCall.objects.aget()
    assert (row.execution_ms, float(row.cost_usd), row.cost_is_estimate) == (60_000, 30.0, True)
    assert row.finished_at is not None


async def test_a_lost_call_stays_beside_its_only_repetition(ledger: RowLedger) -> None:
    record = await _submitted(ledger, "key", ("a",))
    again = await ledger.replace_lost(record, LOST, Timings(None, 30_000, estimated=True))
    assert (again.status, again.attempt, again.remote_id, again.frame_keys) == ("prepared", 2, "", ("a",))
    assert (again.replaces_lost, again.ours) == (True, True)
    rows = [row async for row in GpuCall.objects.order_by("attempt")]
    assert [(row.status, row.error, row.execution_ms, row.cost_is_estimate) for row in rows] == [
        ("failed", "gone", 30_000, True),
        ("prepared", "", None, False),
    ]
    assert rows[0].finished_at is not None
    assert (rows[1].sent_at, rows[1].finished_at) == (None, None)
    assert [waiting.pk async for waiting in rows[1].waiting.all()] == [ledger._lease.job.pk]
    assert (await ledger.get_or_create(REQUEST, "key", "there")).replaces_lost


async def test_a_lost_call_is_replaced_once_whichever_job_does_it(ledger: RowLedger, other_ledger: RowLedger) -> None:
    ours = await _submitted(ledger, "key", ("a",))
    joined = await other_ledger.join(ours, REQUEST)
    first = await ledger.replace_lost(ours, LOST, UNTIMED)
    second = await other_ledger.replace_lost(joined, LOST, UNTIMED)
    assert (first.ours, second.ours, second.attempt) == (True, False, 2)
    assert await GpuCall.objects.acount() == 2
    assert (await ledger.mark_cancelled(first)).status == "prepared"
    assert (await other_ledger.mark_cancelled(second)).status == "cancelled"


async def test_a_run_that_lost_its_job_replaces_nothing(ledger: RowLedger) -> None:
    record = await _submitted(ledger, "key")
    await Job.objects.aupdate(lease_token=None)
    with pytest.raises(LeaseLost):
        await ledger.replace_lost(record, LOST, UNTIMED)
    assert [row.status async for row in GpuCall.objects.all()] == ["submitted"]


async def test_what_the_endpoint_says_of_a_cancelled_call_is_what_it_took(ledger: RowLedger) -> None:
    record = await _submitted(ledger, "key")
    await ledger.mark_cancelled(record, Timings(30, 12))
    row = await GpuCall.objects.aget()
    assert (row.delay_ms, row.execution_ms) == (30, 12)


async def test_a_call_that_no_worker_had_costs_nothing_when_it_is_cancelled(ledger: RowLedger) -> None:
    record = await ledger.mark_sending(await ledger.get_or_create(REQUEST, "key", "there"))
    await ledger.mark_cancelled(record)
    row = await GpuCall.objects.aget()
    assert (row.status, row.execution_ms, row.cost_usd) == ("cancelled", None, Decimal(0))


@pytest.fixture
def other_ledger(lease: Lease) -> RowLedger:
    """Return the ledger of another job of the same project."""
    project = lease.job.project
    job = Job.objects.create(project=project, kind=Job.Kind.RETRY, revision=project.revision)
    return RowLedger(claim(str(job.pk)))


@pytest.mark.parametrize("joined_by", ["open", "join"])
async def test_a_call_is_cancelled_by_the_last_job_that_waits_for_it(
    ledger: RowLedger, other_ledger: RowLedger, joined_by: str
) -> None:
    ours = await _submitted(ledger, "key", ("a",))
    joined = await (
        other_ledger.get_or_create(REQUEST, "key", "there")
        if joined_by == "open"
        else other_ledger.join(ours, REQUEST)
    )
    assert (ours.ours, joined.ours, joined.status) == (True, False, "submitted")
    assert (await ledger.mark_cancelled(ours)).status == "submitted"
    assert (await other_ledger.mark_cancelled(joined)).status == "cancelled"


async def test_a_job_that_has_ended_keeps_no_call_from_being_cancelled(
    ledger: RowLedger, other_ledger: RowLedger
) -> None:
    ours = await _submitted(ledger, "key", ("a",))
    await other_ledger.join(ours, REQUEST)
    await Job.objects.filter(kind="retry").aupdate(status="cancelled")
    assert (await ledger.mark_cancelled(ours)).status == "cancelled"


async def test_two_jobs_may_write_down_the_end_of_one_call(ledger: RowLedger, other_ledger: RowLedger) -> None:
    ours = await _submitted(ledger, "key", ("a",))
    joined = await other_ledger.join(ours, REQUEST)
    result = Result({"model": "m"}, (b"png",), Timings(1, 2000))
    await ledger.mark_succeeded(ours, result)
    assert (await other_ledger.mark_succeeded(joined, result)).status == "succeeded"
    assert (await other_ledger.mark_failed(joined, JobFailed("internal", "no"), UNTIMED)).status == "succeeded"
    assert (await other_ledger.mark_cancelled(joined)).status == "succeeded"
    assert (await GpuTiming.objects.aget()).samples == 1
    assert [(found.key, found.ours) for found in await other_ledger.find_by_frames(["a"])] == [("key", False)]


async def test_the_end_of_a_call_that_has_moved_is_not_written(ledger: RowLedger) -> None:
    record = await _submitted(ledger, "key")
    await GpuCall.objects.aupdate(status="uncertain")
    with pytest.raises(CallMovedError):
        await ledger.mark_failed(record, JobFailed("internal", "no"), UNTIMED)


async def test_an_uncertain_send_is_repeated_once_whichever_job_does_it(
    ledger: RowLedger, other_ledger: RowLedger
) -> None:
    record = await ledger.mark_uncertain(
        await ledger.mark_sending(await ledger.get_or_create(REQUEST, "key", "there", ["a"]))
    )
    joined = await other_ledger.resend(await other_ledger.join(record, REQUEST))
    found = await ledger.resend(record)
    assert (joined.ours, found.ours, found.attempt) == (True, False, 2)
    assert (await other_ledger.mark_cancelled(joined)).status == "prepared"
    assert await GpuCall.objects.acount() == 2
    assert (await ledger.mark_cancelled(found)).status == "cancelled"


async def test_an_uncertain_send_whose_job_a_webhook_has_named_is_not_repeated(ledger: RowLedger) -> None:
    record = await ledger.mark_uncertain(
        await ledger.mark_sending(await ledger.get_or_create(REQUEST, "key", "there"))
    )
    await GpuCall.objects.aupdate(status="submitted", remote_id="r-1")
    assert (await ledger.resend(record)).remote_id == "r-1"
    assert await GpuCall.objects.acount() == 1


async def test_only_a_site_that_can_be_reached_has_webhooks(ledger: RowLedger, settings: Settings) -> None:
    record = await ledger.get_or_create(REQUEST, "key", "there")
    assert current.PUBLIC_URL == ""
    assert ledger.webhook(record) == ""
    settings.PUBLIC_URL = "https://emoji.example.org"
    row = await GpuCall.objects.aget()
    assert ledger.webhook(record) == f"https://emoji.example.org{webhook_path(row.pk)}"
