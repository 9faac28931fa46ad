"""A connection to PostgreSQL that does not wait for ever for a server that hangs."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, Final

from psycopg import Connection, OperationalError
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

SILENCE_S: Final = 5.0
"""How long a query may go without an answer before the server is asked whether it still answers anybody."""
PING_S: Final = 5
"""For the answer to that, in whole seconds."""


class WatchedConnection(Connection[Any]):
    """Wait for a query for as long as it takes, but only while the server accepts connections.

    A server that is stopped, or whose machine or network is gone, closes nothing: without a look at it each thread
    would wait for its answer, and none would be left. A query that is merely long is not ended.
    """

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        """Run one of psycopg's generators. Raises `OperationalError` once the server does not answer."""
        return super().wait(self._watch(gen), *args, **kwargs)

    def _watch(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Pass on what `gen` yields and gets, and ping the server after each silence."""
        ask_at = time.monotonic() + SILENCE_S
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() >= ask_at:
                    self._require_answer()
                    ask_at = time.monotonic() + SILENCE_S
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value

    def _require_answer(self) -> None:
        """Close the connection and raise `OperationalError` if the server does not answer a new one."""
        address = make_conninfo(self.info.dsn, connect_timeout=PING_S)
        if PGconn.ping(address.encode()) != Ping.NO_RESPONSE:
            return
        self.pgconn.finish()
        raise OperationalError(f"PostgreSQL has not answered for {SILENCE_S:.0f} seconds, and takes no connection")
