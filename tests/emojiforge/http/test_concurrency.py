"""Who gets a slot that becomes free."""

from __future__ import annotations

import asyncio

import pytest

from emojiforge.http.concurrency import ConcurrencyLimit, NoFreeSlot


async def order_of_work(limit: ConcurrencyLimit, clients: str) -> str:
    """Let a client for each letter ask at once; return the order in which they work."""
    order: list[str] = []

    async def work(client: str) -> None:
        await limit.acquire(client)
        order.append(client)
        await asyncio.sleep(0.01)
        limit.release(client)

    await asyncio.gather(*map(work, clients))
    return "".join(order)


def test_a_slot_goes_to_the_first_who_may_have_it() -> None:
    assert asyncio.run(order_of_work(ConcurrencyLimit(2, 1), "aaabc")) == "abaca"


def test_a_slot_goes_to_whoever_has_the_fewest() -> None:
    assert asyncio.run(order_of_work(ConcurrencyLimit(3, 3), "aaaaaab")) == "aaabaaa"


def test_one_who_waits_in_vain_learns_whose_slots_they_are() -> None:
    async def reasons() -> list[bool]:
        limit, found = ConcurrencyLimit(2, 1), []
        for client in "abac":
            try:
                await limit.acquire(client, 0.01)
            except NoFreeSlot as error:
                found.append(error.is_at_limit)
        return found

    assert asyncio.run(reasons()) == [True, False]


@pytest.mark.parametrize("slot_is_given", [False, True])
def test_one_who_is_cancelled_while_they_wait_keeps_no_slot(slot_is_given: bool) -> None:
    async def cancel_one() -> None:
        limit = ConcurrencyLimit(1, 1)
        await limit.acquire("a")
        waiting = asyncio.ensure_future(limit.acquire("b"))
        await asyncio.sleep(0)
        if slot_is_given:
            limit.release("a")
        waiting.cancel()
        await asyncio.wait([waiting])
        if not slot_is_given:
            limit.release("a")
        await limit.acquire("c", 0.1)

    asyncio.run(cancel_one())
