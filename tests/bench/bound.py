"""The least wall-clock that any packing could reach when everything is known in advance, and what it would cost.

A simulator of its own, written from RunPod's rules and the SDK's loop and from nothing of ours, so that it cannot
share a mistake with the planner that it judges. It is kinder than the world: no network, no time to pick a job up, no
time to notice that it has ended. It tries every way to cut n equal frames into an ordered row of packs (each
composition of n) for as many packs as stay under `MAX_PACKINGS`, and equal packs for all larger numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, pairwise
from math import ceil, comb
from typing import Final, NamedTuple

MAX_PACKINGS: Final = 36_000
"""Compositions of one number of packs that are tried one by one."""
SDK_LOOK: Final = 1.0
"""Seconds between two looks for a job of a worker that was busy at the first."""


@dataclass(frozen=True, slots=True)
class World:
    """What one row of the table is given. Times in seconds; `scaler` as the local endpoint reads it."""

    frames: int
    frame_seconds: float
    warm: int
    most: int
    scaler: str
    cold_start: float = 0.0
    idle_timeout: float = 0.0


class Outcome(NamedTuple):
    """`wall`: until the last frame is done. `worker_seconds`: what the packing costs.

    Of a worker that is always on that is the time it works; of one that is started for it, the whole of its life.
    """

    wall: float
    worker_seconds: float


@dataclass(slots=True)
class _Worker:
    looks: float
    """When it next looks for a job."""
    asked: float | None = None
    """When the scaler asked for it; None when it is always on."""
    worked: float = 0.0
    last_end: float = field(default=0.0)

    def do(self, seconds: float) -> float:
        """Take a job at the next look; when it ends."""
        start, self.last_end = self.looks, self.looks + seconds
        self.looks = start + max(1, ceil(seconds / SDK_LOOK - 1e-9)) * SDK_LOOK
        self.worked += seconds
        return self.last_end


def bound(world: World) -> float:
    """Return the least wall-clock of any packing, in seconds."""
    return min(outcome.wall for outcome in outcomes(world))


def least_worker_seconds(world: World, wall: float) -> float:
    """Return the fewest worker-seconds of any packing that is done within `wall`."""
    return min(outcome.worker_seconds for outcome in outcomes(world) if outcome.wall <= wall + 1e-9)


def simulate(sizes: Sequence[int], world: World) -> Outcome:
    """Serve packs of so many frames, queued in this order at 0, by the endpoint of `world`."""
    asked = _asked(sizes, world)
    workers, ends = _serve(sizes, asked, world)
    paid = 0.0
    for worker in workers:
        alive = worker.asked is not None
        paid += worker.last_end - (worker.asked or 0.0) + world.idle_timeout if alive else worker.worked
    return Outcome(max(ends), paid)


def _asked(sizes: Sequence[int], world: World) -> list[float]:
    """Return when the scaler asks for each worker that it starts."""
    room = world.most - world.warm
    kind, _, number = world.scaler.partition(":")
    if kind == "request_count":
        return [0.0] * max(0, min(room, ceil(len(sizes) / float(number)) - world.warm))
    delay, first = float(number), [0.0] * (0 if world.warm else min(room, 1))
    _, ends = _serve(sizes, first, world)
    busy = sum(end > delay for end in ends)
    more = min(room, busy - world.warm) - len(first)
    return first + [delay] * max(0, more)


def _serve(sizes: Sequence[int], asked: Sequence[float], world: World) -> tuple[list[_Worker], list[float]]:
    """Return the workers after the last job, and each job's end."""
    workers = [_Worker(0.0) for _ in range(world.warm)]
    workers += [_Worker(at + world.cold_start, at, last_end=at + world.cold_start) for at in asked]
    ends = [min(workers, key=lambda worker: worker.looks).do(size * world.frame_seconds) for size in sizes]
    return workers, ends


@cache
def outcomes(world: World) -> frozenset[Outcome]:
    """Yield the outcome of every packing that is tried."""
    return frozenset(simulate(sizes, world) for sizes in packings(world.frames))


def packings(frames: int) -> Iterator[Sequence[int]]:
    """Yield every packing of so many equal frames that is tried, in the order of sending."""
    for packs in range(1, frames + 1):
        if comb(frames - 1, packs - 1) <= MAX_PACKINGS:
            yield from compositions(frames, packs)
        else:
            share, more = divmod(frames, packs)
            yield [share + 1] * more + [share] * (packs - more)


def compositions(total: int, parts: int) -> Iterator[list[int]]:
    """Yield every ordered way to write `total` as a sum of `parts` whole numbers above 0."""
    for cuts in combinations(range(1, total), parts - 1):
        yield [high - low for low, high in pairwise((0, *cuts, total))]
