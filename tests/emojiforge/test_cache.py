from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from emojiforge import cache
from emojiforge.cache import OptionalCache

TIMEOUT_S = 0.5
CALLS = 8


@pytest.fixture
def hung() -> Iterator[OptionalCache]:
    """Return a cache whose Redis accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        yield OptionalCache(url, {"OPTIONS": {"socket_timeout": TIMEOUT_S}})


def seconds_of_get(of: OptionalCache) -> float:
    began = time.monotonic()
    assert of.get("key", "nothing") == "nothing"
    return time.monotonic() - began


def test_while_redis_hangs_one_request_tries_it_and_the_others_do_not_wait(
    hung: OptionalCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "RETRY_AFTER_S", 2 * TIMEOUT_S)
    assert seconds_of_get(hung) >= TIMEOUT_S
    time.sleep(2 * TIMEOUT_S)
    with ThreadPoolExecutor(CALLS) as threads:
        waited = list(threads.map(lambda _: seconds_of_get(hung), range(CALLS)))
    assert sum(seconds >= TIMEOUT_S for seconds in waited) in (1, 2)  # two may begin at the same moment
