"""A Redis of the tests' own that can be killed and started again at the same address."""

from __future__ import annotations

import subprocess
from pathlib import Path

import redis

from emojiforge.launch.ports import free_port
from emojiforge.launch.redis_server import configure, find_server
from tests.polling import until


class Valkey:
    """A server with its data in `directory`, and a client of it."""

    def __init__(self, directory: Path) -> None:
        self._server = configure(find_server(), directory, free_port())
        self.url = self._server.url
        self.client = redis.Redis.from_url(self.url, socket_timeout=5)
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._server.command, stdout=subprocess.DEVNULL)
        until(self.answers)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self.client.close()
        self.kill()

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False
