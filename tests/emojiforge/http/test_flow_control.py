"""How long a client may take to read a response."""

from __future__ import annotations

import asyncio

import pytest

from emojiforge.http import flow_control
from emojiforge.http.flow_control import FlowControl


class Transport:
    """A connection that notes that it was closed."""

    bufferSize = 0  # noqa: N815  Twisted's name
    closed = False

    def abortConnection(self) -> None:  # noqa: N802  Twisted's name
        self.closed = True


async def is_closed_after(chunks: int, pause: float) -> bool:
    """Send chunks of 5 KB to a client that takes so long to read each, and never stops."""
    transport = Transport()
    flow = FlowControl(transport)
    flow.count_response({"type": "http.response.start"})
    for _ in range(chunks):
        flow.count_response({"type": "http.response.body", "body": bytes(5_000), "more_body": True})
        flow.pauseProducing()
        await asyncio.sleep(pause)
        flow.resumeProducing()
    return transport.closed


@pytest.mark.parametrize(("pause", "closed"), [(0.2, True), (0.01, False)])
def test_a_client_that_reads_more_slowly_than_is_stated_is_closed(
    monkeypatch: pytest.MonkeyPatch, pause: float, closed: bool
) -> None:
    monkeypatch.setattr(flow_control, "RESPONSE_SECONDS", 0.5)
    monkeypatch.setattr(flow_control, "MIN_BYTES_PER_SECOND", 100_000)
    assert asyncio.run(is_closed_after(6, pause)) is closed
