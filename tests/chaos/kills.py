"""The kills: every kind of process of the product, and the GPU endpoint with its handlers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Final, TypeVar

import psutil

from tests.chaos.world import World
from tests.processes import children_of, command_line

Found = TypeVar("Found")
STOPPED_S: Final = 3.0
ENDPOINT_AWAY_S: Final = 3.0
WAIT_FOR_VICTIM_S: Final = 3.0
KINDS: Final = ("web", "worker", "worker parent", "work-horse", "reconciler", "redis", "endpoint", "handler")
WORDS: Final = {
    "web": ("emojiforge.server",),
    "reconciler": ("reconcile",),
    "redis": ("redis-server", "valkey-server"),
    "worker parent": ("emojiforge.worker",),
}
"""What the command lines of the product's own children hold."""
GENERATIONS: Final = {"worker": 1, "work-horse": 2}
"""Below a worker parent."""


def kill_many(world: World, kills: int, seconds: float) -> None:
    """Kill or stop one process after the other, evenly over so many seconds."""
    began, turns = time.monotonic(), turns_of_kinds(world)
    for number in range(kills):
        time.sleep(max(0.0, began + seconds * (number + 1) / kills - time.monotonic()))
        while not kill_one(world, next(turns)):
            pass


def turns_of_kinds(world: World) -> Iterator[str]:
    """Give every kind its turn, in another order each time."""
    for _ in count():
        yield from world.random.sample(KINDS, len(KINDS))


def kill_one(world: World, kind: str) -> bool:
    """Kill or stop one process of a kind; which one is chance. False where there was none."""
    if kind in ("endpoint", "handler"):
        wait_for(world.endpoint.is_busy)  # where it never is, the kill falls on an idle one
    if kind == "endpoint":
        kill_endpoint(world)
        return True
    victims = wait_for(lambda: find(world, kind))
    return bool(victims) and kill_process(world, kind, world.random.choice(victims))


def wait_for(look: Callable[[], Found]) -> Found:
    """Return what `look` finds as soon as it is true, or what it finds at last."""
    end = time.monotonic() + WAIT_FOR_VICTIM_S
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def kill_process(world: World, kind: str, victim: psutil.Process) -> bool:
    try:
        if world.random.random() < 0.2:
            stop_for_a_while(victim.suspend, victim.resume)
            world.kills[f"{kind} stopped"] += 1
        else:
            victim.kill()
            world.kills[kind] += 1
    except psutil.NoSuchProcess:
        return False
    return True


def kill_endpoint(world: World) -> None:
    if world.random.random() < 0.3:
        stop_for_a_while(world.endpoint.hang, world.endpoint.resume)
        world.kills["endpoint stopped"] += 1
    else:
        world.endpoint.kill()
        time.sleep(ENDPOINT_AWAY_S)
        world.endpoint.start()
        world.kills["endpoint"] += 1


def stop_for_a_while(stop: Callable[[], None], go_on: Callable[[], None]) -> None:
    stop()
    time.sleep(STOPPED_S)
    go_on()


def find(world: World, kind: str) -> list[psutil.Process]:
    """Return the live processes of a kind."""
    if kind == "handler":
        return [process for process in world.endpoint.handlers() if process.is_running()]
    words = WORDS.get(kind, WORDS["worker parent"])
    found = [
        child
        for child in psutil.Process(world.product.process.pid).children()
        if any(word in command_line(child) for word in words)
    ]
    if kind == "web":  # the one that forked them, too
        return [*found, *(below for process in found for below in children_of(process))]
    for _ in range(GENERATIONS.get(kind, 0)):
        found = [below for process in found for below in children_of(process)]
    return found
