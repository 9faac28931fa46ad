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
    first = await ledger.open(REQUEST, "k", "url")
    assert await ledger.open(REQUEST, "k", "url") == first
    await ledger.failed(first, JobFailed("internal", "no"), UNTIMED)
    second = await ledger.open(REQUEST, "k", "url")
    assert (second.attempt, second.status) == (2, "prepared")


async def test_a_call_moves_through_its_statuses(ledger: MemoryLedger) -> None:
    record = await ledger.sending(await ledger.open(REQUEST, "k", "url"))
    assert (record.status, record.sent_at) == ("sending", 1_000_000.0)
    record = await ledger.submitted(record, "job-1")
    assert (record.status, record.remote_id) == ("submitted", "job-1")
    result = Result({}, (b"x",), UNTIMED)
    record = await ledger.succeeded(record, result)
    assert (record.status, record.result) == ("succeeded", result)
    assert await ledger.reread(record) == record


async def test_an_uncertain_call_stays_beside_the_one_that_replaces_it(ledger: MemoryLedger) -> None:
    record = await ledger.uncertain(await ledger.sending(await ledger.open(REQUEST, "k", "url")))
    again = await ledger.again(record)
    assert (again.attempt, again.status, again.replaces_uncertain) == (2, "prepared", True)
    assert [row.status for row in ledger.rows] == ["uncertain", "prepared"]
    assert await ledger.open(REQUEST, "k", "url") == again


async def test_a_call_that_has_moved_on_cannot_be_moved_from_where_it_was(ledger: MemoryLedger) -> None:
    record = await ledger.open(REQUEST, "k", "url")
    assert (await ledger.cancelled(record)).status == "cancelled"
    with pytest.raises(CallMovedError):
        await ledger.sending(record)
