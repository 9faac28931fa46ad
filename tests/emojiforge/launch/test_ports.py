"""Ports: free ones are free, and a taken one gives a line that says what to do."""

from __future__ import annotations

import socket

import pytest

from emojiforge.launch.console import StartupError
from emojiforge.launch.ports import free_port, require_free


def test_a_free_port_can_be_listened_on() -> None:
    with socket.create_server(("127.0.0.1", free_port())) as server:
        require_free("127.0.0.1", free_port())
        assert server.getsockname()[1] >= 1024


def test_a_taken_port_is_refused_with_another_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(StartupError, match=rf"Port {port} of 127.0.0.1 is taken .*PORT={port + 1} make run"):
            require_free("127.0.0.1", port)


def test_a_host_that_is_not_this_machine_is_refused() -> None:
    with pytest.raises(StartupError, match=r"cannot listen on 192\.0\.2\.1:8000"):
        require_free("192.0.2.1", 8000)
