"""Limit how many requests work at once, in all and of each client; the others wait, and take no thread meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple, ParamSpec, TypeVar

from emojiforge.http.threads import run_in_thread

P = ParamSpec("P")
T = TypeVar("T")

WAIT_SECONDS: Final = 15.0
"""A request waits so long for a slot."""
WORK_SECONDS: Final = 60.0
"""Work that takes longer hangs: it is given up, though its thread may go on, and its slot is free for others."""


class NoFreeSlot(Exception):
    """No slot became free in time; `is_at_limit` where the client has as many as one may have."""

    def __init__(self, is_at_limit: bool) -> None:
        super().__init__()
        self.is_at_limit = is_at_limit


class Client(NamedTuple):
    """Whose work it is: a session, or an address where none is shown, and the network from which it comes."""

    name: str
    network: str


class ConcurrencyLimit:
    """The slots for one kind of work in this process. In the event loop only.

    A slot that becomes free goes to the network that has the fewest, of its clients to the one that has the fewest,
    and among equals to whoever waits longest. Who makes many sessions up keeps nobody at other addresses waiting.
    """

    def __init__(self, slots: int, per_client: int) -> None:
        self._free = slots
        self._per_client = per_client
        self._used: Counter[str] = Counter()
        self._used_by_network: Counter[str] = Counter()
        self._waiting: dict[asyncio.Future[None], Client] = {}

    async def acquire(self, client: Client, seconds: float | None = None) -> None:
        """Take a slot, waiting so long for it; None: as long as it takes. Raises `NoFreeSlot`."""
        if self._take(client):
            return
        slot = asyncio.get_running_loop().create_future()
        self._waiting[slot] = client
        try:
            await asyncio.wait([slot], timeout=seconds)
        except asyncio.CancelledError:
            if slot.done():
                self.release(client)
            raise
        finally:
            self._waiting.pop(slot, None)
        if not slot.done():
            raise NoFreeSlot(self._is_at_limit(client))

    def release(self, client: Client) -> None:
        """Give a slot back, and pass it on to somebody who waits."""
        self._free += 1
        for counts, key in ((self._used, client.name), (self._used_by_network, client.network)):
            counts[key] -= 1
            if not counts[key]:
                del counts[key]
        allowed = (slot for slot, waiting in self._waiting.items() if not self._is_at_limit(waiting))
        chosen = min(allowed, key=lambda slot: self._rank(self._waiting[slot]), default=None)
        if chosen and self._take(self._waiting.pop(chosen)):
            chosen.set_result(None)

    def _take(self, client: Client) -> bool:
        if not self._free or self._is_at_limit(client):
            return False
        self._free -= 1
        self._used[client.name] += 1
        self._used_by_network[client.network] += 1
        return True

    def _is_at_limit(self, client: Client) -> bool:
        return self._used[client.name] >= self._per_client

    def _rank(self, client: Client) -> tuple[int, int]:
        return self._used_by_network[client.network], self._used[client.name]


class ClientThreads:
    """Threads for the work of one client, as many at once as a limit allows."""

    def __init__(self, limit: ConcurrencyLimit, client: Client) -> None:
        self._limit = limit
        self._client = client

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in a thread once there is a slot. Raises `NoFreeSlot`, and `TimeoutError` if it hangs."""
        await self._limit.acquire(self._client, WAIT_SECONDS)
        return await self._work(function, *args, **kwargs)

    async def run_patiently(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the same for a response that has begun, and waits for as long as its reader does."""
        await self._limit.acquire(self._client)
        return await self._work(function, *args, **kwargs)

    async def _work(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Hold the slot until the thread is done, also when the client is gone: its work goes on."""

        async def hold_slot() -> T:
            try:
                async with asyncio.timeout(WORK_SECONDS):
                    return await run_in_thread(function, *args, **kwargs)
            finally:
                self._limit.release(self._client)

        return await asyncio.shield(asyncio.ensure_future(hold_slot()))
