"""A connection to PostgreSQL that does not wait for ever for a server that hangs."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, Final

from psycopg import Connection, OperationalError, connect
from psycopg.errors import ConnectionTimeout

SILENCE_S: Final = 5.0
"""How long a query may go without an answer before the server is asked whether it still answers anybody."""
CONNECT_S: Final = 5
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
        """Pass on what `gen` yields and gets, and look at the server after each silence."""
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
        """Close the connection and raise `OperationalError` if the server does not answer a new one.

        libpq's own ping would do, but for the interpreter's lock, which it holds while it waits.
        """
        try:
            connect(self.info.dsn, connect_timeout=CONNECT_S).close()
        except ConnectionTimeout as error:
            self.pgconn.finish()
            raise OperationalError("PostgreSQL does not answer, and takes no connection") from error
        except OperationalError:
            return  # it is refused, which is an answer
