"""Who gets a slot that becomes free."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from emojiforge.http.concurrency import Client, ConcurrencyLimit, NoFreeSlot

A, B, C = (Client(name, f"192.0.2.{number}") for number, name in enumerate("abc"))


async def order_of_work(limit: ConcurrencyLimit, clients: Iterable[Client]) -> str:
    """Let the clients ask at once; return the order in which they work."""
    order: list[str] = []

    async def work(client: Client) -> None:
        await limit.acquire(client)
        order.append(client.name)
        await asyncio.sleep(0.01)
        limit.release(client)

    await asyncio.gather(*map(work, clients))
    return "".join(order)


def test_a_slot_goes_to_the_first_who_may_have_it() -> None:
    assert asyncio.run(order_of_work(ConcurrencyLimit(2, 1), [A, A, A, B, C])) == "abaca"


def test_a_slot_goes_to_whoever_has_the_fewest() -> None:
    assert asyncio.run(order_of_work(ConcurrencyLimit(3, 3), [A] * 6 + [B])) == "aaabaaa"


def test_who_shows_another_session_each_time_keeps_no_other_address_waiting() -> None:
    made_up = [Client(name, "192.0.2.9") for name in "uvwxyz"]
    assert asyncio.run(order_of_work(ConcurrencyLimit(3, 3), [*made_up, A, B])) == "uvwabxyz"


def test_one_who_waits_in_vain_learns_whose_slots_they_are() -> None:
    async def reasons() -> list[bool]:
        limit, found = ConcurrencyLimit(2, 1), []
        for client in (A, B, A, C):
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
        await limit.acquire(A)
        waiting = asyncio.ensure_future(limit.acquire(B))
        await asyncio.sleep(0)
        if slot_is_given:
            limit.release(A)
        waiting.cancel()
        await asyncio.wait([waiting])
        if not slot_is_given:
            limit.release(A)
        await limit.acquire(C, 0.1)

    asyncio.run(cancel_one())
