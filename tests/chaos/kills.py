"""The kills: every kind of process of the product, and the GPU endpoint with its handlers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import psutil

from tests.chaos.world import World

QUEUES: Final = ("interactive", "bulk")
STOPPED_S: Final = 3.0
ENDPOINT_AWAY_S: Final = 3.0
KINDS: Final = ("web", "workers", "parent", "horse", "reconciler", "redis", "endpoint", "handler")


def strike(world: World, number: int) -> None:
    """Kill or stop one process. Every kind has its turn; which process of the kind is chance."""
    kind = KINDS[number % len(KINDS)]
    if kind == "endpoint":
        strike_endpoint(world)
    else:
        victims = [process for process in find(world, kind) if process.is_running()]
        if not victims:
            world.kills[f"{kind}: none was there"] += 1
            return
        strike_process(world, kind, world.random.choice(victims))


def strike_process(world: World, kind: str, victim: psutil.Process) -> None:
    try:
        if world.random.random() < 0.2:
            stop_for_a_while(victim.suspend, victim.resume)
            world.kills[f"{kind} stopped"] += 1
        else:
            victim.kill()
            world.kills[kind] += 1
    except psutil.NoSuchProcess:
        world.kills[f"{kind}: was gone"] += 1


def strike_endpoint(world: World) -> None:
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
    """Return the live processes of a kind, without waiting for them."""
    if kind == "handler":
        return world.endpoint.handlers()
    children = psutil.Process(world.product.process.pid).children()
    if kind in ("workers", "horse", "parent"):
        found = [child for child in children if "emojiforge.worker" in line(child)]
        for _ in range({"parent": 0, "workers": 1, "horse": 2}[kind]):
            found = [below for process in found for below in children_of(process)]
        return found
    words = {"web": ("daphne", "emojiforge.server", "emojiforge.web"), "reconciler": ("reconcile",)}
    sought = words.get(kind, ("redis-server", "valkey-server"))
    return [child for child in children if any(word in line(child) for word in sought)]


def children_of(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children())
    except psutil.Error:
        return []


def line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
