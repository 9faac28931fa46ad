"""Sockets as the server holds them, without a network."""

from __future__ import annotations

import pytest

from emojiforge.websocket import BoundedSocket


@pytest.mark.parametrize("state", [BoundedSocket.STATE_CLOSING, BoundedSocket.STATE_CLOSED])
def test_a_message_for_a_client_that_has_left_is_no_failure(state: int) -> None:
    socket = BoundedSocket()
    socket.maxMessagePayloadSize = 1024
    socket.state = state
    socket.sendMessage(b"{}", isBinary=False)
    assert socket.maxMessagePayloadSize == 1024
