"""A socket per person that connects again, and sees whether a revision falls."""

from __future__ import annotations

import json
from typing import Final

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

from tests.chaos.world import World
from tests.stack.product import Person

FAILED: Final = (1011, 4500)
"""The codes with which the server closes a socket that it has failed to serve."""


def listen(world: World, person: Person) -> None:
    """Follow the person's project until the kills are over."""
    highest: dict[str, int] = {}
    while not world.over.wait(0.5):
        project = world.projects.get(person)
        answer = world.ask(person, "POST", "tickets/", json={}) if project else None
        if project and answer is not None and answer.status_code == 201:
            follow(world, project, answer.json()["ticket"], highest)


def follow(world: World, project: str, ticket: str, highest: dict[str, int]) -> None:
    """Read one connection to its end, which comes with a kill of web or of the project."""
    url = f"{world.product.base.replace('http', 'ws', 1)}/ws/projects/{project}/?ticket={ticket}"
    try:
        with connect(url, max_size=None, proxy=None, open_timeout=10) as connection:
            while not world.over.is_set() and project in world.projects.values():
                compare(world, project, json.loads(connection.recv(timeout=20)), highest)
    except ConnectionClosed as closed:
        note_close(world, project, closed.rcvd.code if closed.rcvd else 1006)
    except (OSError, TimeoutError, WebSocketException):
        world.messages["no connection"] += 1


def note_close(world: World, project: str, code: int) -> None:
    world.messages[f"closed {code}"] += 1
    if code in FAILED:
        world.wrong.append(f"a socket of {project} was closed with {code}")


def compare(world: World, project: str, message: dict[str, int], highest: dict[str, int]) -> None:
    world.messages[str(message["type"])] += 1
    revision = message["revision"]
    if revision < highest.get(project, 0):
        world.wrong.append(f"the revision of {project} fell from {highest[project]} to {revision}")
    highest[project] = max(revision, highest.get(project, 0))
