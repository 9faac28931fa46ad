from __future__ import annotations

import pytest

from gpu.contract import Request
from gpu.errors import JobFailed
from gpu.ledger import UNTIMED, CallMovedError, MemoryLedger, Result, work_key

REQUEST = Request("rembg", (b"a", b"b"), {"model": "isnet", "x": 1})


def test_equal_work_of_one_scope_has_one_key() -> None:
    same = Request("rembg", (b"a", b"b"), {"x": 1, "model": "isnet"})
    assert work_key(REQUEST, "job 1") == work_key(same, "job 1")
    assert len(work_key(REQUEST, "job 1")) == 64


@pytest.mark.parametrize(
    "other",
    [
        Request("birefnet", (b"a", b"b"), {"model": "isnet", "x": 1}),
        Request("rembg", (b"ab",), {"model": "isnet", "x": 1}),
        Request("rembg", (b"b", b"a"), {"model": "isnet", "x": 1}),
        Request("rembg", (b"a", b"b"), {"model": "u2net", "x": 1}),
        Request("rembg", (b"a", b"b"), {"model": "isnet", "x": 1}, pack=False),
    ],
)
def test_other_work_has_another_key(other: Request) -> None:
    assert work_key(other, "job 1") != work_key(REQUEST, "job 1")


def test_another_scope_has_another_key() -> None:
    assert work_key(REQUEST, "job 1") != work_key(REQUEST, "job 2")


async def test_a_live_call_is_opened_again_and_an_ended_one_is_not(ledger: MemoryLedger) -> None:
    first = await ledger.get_or_create(REQUEST, "k", "url")
    assert await ledger.get_or_create(REQUEST, "k", "url") == first
    await ledger.mark_failed(first, JobFailed("internal", "no"), UNTIMED)
    second = await ledger.get_or_create(REQUEST, "k", "url")
    assert (second.attempt, second.status) == (2, "prepared")


async def test_a_call_moves_through_its_statuses(ledger: MemoryLedger) -> None:
    record = await ledger.mark_sending(await ledger.get_or_create(REQUEST, "k", "url"))
    assert (record.status, record.sent_at) == ("sending", 1_000_000.0)
    record = await ledger.mark_submitted(record, "job-1")
    assert (record.status, record.remote_id) == ("submitted", "job-1")
    result = Result({}, (b"x",), UNTIMED)
    record = await ledger.mark_succeeded(record, result)
    assert (record.status, record.result) == ("succeeded", result)
    assert await ledger.refresh(record) == record


async def test_an_uncertain_call_stays_beside_the_one_that_replaces_it(ledger: MemoryLedger) -> None:
    record = await ledger.mark_uncertain(await ledger.mark_sending(await ledger.get_or_create(REQUEST, "k", "url")))
    again = await ledger.resend(record)
    assert (again.attempt, again.status, again.replaces_uncertain) == (2, "prepared", True)
    assert [row.status for row in ledger.rows] == ["uncertain", "prepared"]
    assert await ledger.get_or_create(REQUEST, "k", "url") == again


async def test_a_call_that_somebody_named_meanwhile_is_not_sent_again(ledger: MemoryLedger) -> None:
    record = await ledger.mark_uncertain(await ledger.mark_sending(await ledger.get_or_create(REQUEST, "k", "url")))
    named = await ledger.mark_submitted(record, "job-1")
    assert await ledger.resend(record) == named
    assert len(ledger.rows) == 1


async def test_the_calls_that_hold_a_frame_are_found_oldest_first(ledger: MemoryLedger) -> None:
    first = await ledger.get_or_create(REQUEST, "k1", "url", ["a", "b"])
    second = await ledger.get_or_create(REQUEST, "k2", "url", ["b", "c"])
    await ledger.get_or_create(REQUEST, "k3", "url", ["d"])
    assert first.frame_keys == ("a", "b")
    assert await ledger.find_by_frames(["b"]) == [first, second]
    assert await ledger.find_by_frames(["c", "x"]) == [second]
    assert await ledger.find_by_frames([]) == []


@pytest.mark.parametrize("ended", ["failed", "cancelled"])
async def test_a_call_that_is_over_without_a_result_covers_nothing(ledger: MemoryLedger, ended: str) -> None:
    record = await ledger.get_or_create(REQUEST, "k", "url", ["a"])
    over = (
        ledger.mark_failed(record, JobFailed("internal", "no"), UNTIMED)
        if ended == "failed"
        else ledger.mark_cancelled(record)
    )
    await over
    assert await ledger.find_by_frames(["a"]) == []


async def test_a_call_that_succeeded_or_is_uncertain_covers_its_frames(ledger: MemoryLedger) -> None:
    record = await ledger.mark_uncertain(
        await ledger.mark_sending(await ledger.get_or_create(REQUEST, "k", "url", ["a"]))
    )
    assert await ledger.find_by_frames(["a"]) == [record]
    record = await ledger.mark_succeeded(
        await ledger.mark_submitted(record, "job-1"), Result({}, (b"x", b"y"), UNTIMED)
    )
    assert await ledger.find_by_frames(["a"]) == [record]


async def test_only_the_resend_of_an_uncertain_call_counts(
    ledger: MemoryLedger,
) -> None:
    record = await ledger.mark_uncertain(
        await ledger.mark_sending(await ledger.get_or_create(REQUEST, "k", "url", ["a"]))
    )
    repetition = await ledger.resend(record)
    assert await ledger.find_by_frames(["a"]) == [repetition]


async def test_a_call_that_has_moved_on_cannot_be_moved_from_where_it_was(ledger: MemoryLedger) -> None:
    record = await ledger.get_or_create(REQUEST, "k", "url")
    assert (await ledger.mark_cancelled(record)).status == "cancelled"
    with pytest.raises(CallMovedError):
        await ledger.mark_sending(record)


@pytest.mark.parametrize("late", ["succeeded", "failed", "cancelled"])
async def test_two_jobs_may_write_down_the_end_of_one_call(ledger: MemoryLedger, late: str) -> None:
    record = await ledger.mark_submitted(
        await ledger.mark_sending(await ledger.get_or_create(REQUEST, "k", "url")), "job-1"
    )
    ended = await ledger.mark_succeeded(record, Result({}, (b"x",), UNTIMED))
    again = {
        "succeeded": lambda: ledger.mark_succeeded(record, Result({}, (b"y",), UNTIMED)),
        "failed": lambda: ledger.mark_failed(record, JobFailed("internal", "no"), UNTIMED),
        "cancelled": lambda: ledger.mark_cancelled(record),
    }
    assert await again[late]() == ended
    assert ledger.rows == [ended]


async def test_each_job_knows_its_own_calls(ledger: MemoryLedger, other_ledger: MemoryLedger) -> None:
    ours = await ledger.get_or_create(REQUEST, "k", "url", ["a"])
    theirs = await other_ledger.join(ours, REQUEST)
    assert (ours.ours, theirs.ours) == (True, False)
    assert [record.ours for record in await other_ledger.find_by_frames(["a"])] == [False]
    assert (await other_ledger.get_or_create(REQUEST, "k", "url")).ours is False
    assert (await other_ledger.get_or_create(REQUEST, "else", "url")).ours is True
    assert (await ledger.refresh(await other_ledger.mark_sending(theirs))).ours is True


async def test_an_uncertain_call_that_another_job_has_sent_again_is_not_sent_a_third_time(
    ledger: MemoryLedger, other_ledger: MemoryLedger
) -> None:
    record = await ledger.mark_uncertain(await ledger.mark_sending(await ledger.get_or_create(REQUEST, "k", "url")))
    repetition = await other_ledger.resend(record)
    found = await ledger.resend(record)
    assert (found.attempt, found.ours) == (repetition.attempt, False)
    assert len(ledger.rows) == 2
