"""Sockets that follow emojis while a worker's process changes them.

What is measured is the time from the commit of a change until a socket has a message of its revision, or of a later
one.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect

CHANGES_A_SECOND: Final = 25
ROOT: Final = Path(__file__).resolve().parents[3]
PATIENCE_S: Final = 12.0
"""Longer than a socket waits without a hint. What has not come by then counts as long as this."""
Arrivals = list[tuple[int, float]]
"""The revision of each message of one socket, and when it came (Unix time)."""


async def follow(seconds: float, port: int, people: list[dict[str, Any]], sockets: int, **more: str) -> list[float]:
    """Open the sockets, change the emojis in turn for so long, and return the seconds of every delivery."""
    owners = [people[number % len(people)] for number in range(sockets)]
    connections = [await _open(port, owner) for owner in owners]
    arrivals: list[Arrivals] = [[] for _ in connections]
    readers = [asyncio.create_task(_read(*pair)) for pair in zip(connections, arrivals, strict=True)]
    changes = await _change(seconds, people, more)
    await asyncio.sleep(PATIENCE_S)
    await asyncio.gather(*(connection.close() for connection in connections))
    await asyncio.gather(*readers)
    projects = [owner["project"] for owner in owners]
    return [
        min((came for revision, came in arrived if revision >= changed), default=at + PATIENCE_S) - at
        for project, arrived in zip(projects, arrivals, strict=True)
        for changed_project, changed, at in changes
        if changed_project == project
    ]


async def _open(port: int, person: dict[str, Any]) -> ClientConnection:
    url = f"ws://127.0.0.1:{port}/ws/projects/{person['project']}/"
    headers = {"Cookie": f"sessionid={person['session']}"}
    connection = await connect(url, additional_headers=headers, max_size=None, proxy=None)
    assert json.loads(await connection.recv())["type"] == "snapshot"
    return connection


async def _read(connection: ClientConnection, arrivals: Arrivals) -> None:
    with suppress(StopAsyncIteration):
        async for message in connection:
            now = time.time()
            arrivals.append((json.loads(message)["revision"], now))


async def _change(seconds: float, people: list[dict[str, Any]], more: dict[str, str]) -> list[tuple[str, int, float]]:
    command = [sys.executable, "-m", "tests.bench.load.changes", str(seconds), str(CHANGES_A_SECOND)]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env={**os.environ, **more}, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate("\n".join(person["project"] for person in people).encode())
    assert process.returncode == 0
    lines = (line.split() for line in said.decode().splitlines())
    return [(project, int(revision), float(at)) for project, revision, at in lines]
