"""Threads that serve one request after another, each with its connection to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, ParamSpec, TypeVar

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

IDLE_THREADS: Final = 12
"""Threads that wait for the next request. More are made when needed, and end with their request."""

_idle: list[RequestThread] = []


class RequestThread(ThreadPoolExecutor):
    """One thread, for one request at a time."""

    def __init__(self) -> None:
        super().__init__(max_workers=1, thread_name_prefix="request")
        self._last: Future[Any] | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run the function after those that were submitted before."""
        self._last = super().submit(fn, *args, **kwargs)
        return self._last

    @property
    def is_idle(self) -> bool:
        """False while it works on: a request that was cancelled does not end its thread's work."""
        return self._last is None or self._last.done()

    def end(self) -> None:
        """Close the connection to the database once the work is done, and end."""
        self.submit(connections.close_all)
        self.shutdown(wait=False)


@contextmanager
def request_thread() -> Iterator[RequestThread]:
    """Yield the thread that was used last, or a new one, and keep it for the next request. In the event loop only."""
    thread = _idle.pop() if _idle else RequestThread()
    try:
        yield thread
    finally:
        if thread.is_idle and len(_idle) < IDLE_THREADS:
            _idle.append(thread)
        else:
            thread.end()


async def run_in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call the function in a thread that is held for just as long."""
    with request_thread() as thread:
        async with ThreadSensitiveContext(executor=thread):
            return await sync_to_async(function)(*args, **kwargs)
