"""The packing of frames into calls: the one with the shortest wall-clock, the cheapest of those on a tie.

**Why pack.** RunPod's SDK takes a job, and looks for the next one only at whole seconds after that. A worker that is
given thirty jobs of 50 ms needs thirty seconds for them, and 1.6 s when they come as one call; and a burst of thirty
jobs wakes as many cold workers as the endpoint may have.

**The model.** Jobs stand in one queue, first come first served. A worker takes a job at `t`, ends it at
`t + per_call + Σ per_frame` and takes its next one at the first whole second after `t` that is not before its end
(`WORKER_POLL_S`). Idle workers take at 0, busy and starting ones when they are free, and those that the scaler starts
(`gpu.batch.fleet`) a cold start after it asks for them. A pack arrives when its bytes, and those of the packs sent
before it, have gone up at `UPLINK_BYTES_PER_S`.

**The search.** For every number of workers, soonest ready first, the frames are handed out one by one to the worker
that would then end first; for frames of one cost no other split ends sooner (it is list scheduling of equal jobs).
So a warm worker is given more while cold ones start. Each worker's share goes out as one pack, or as two to
`MAX_ROUNDS` where the scaler wants more jobs before it starts a worker, or as many as the limits of the wire and of
a watcher's patience (`MAX_CALL_SECONDS`) ask for. Each candidate is then played through the model. Those within
`TIE_TOLERANCE` of the soonest end are equal in a person's eyes: of them the one with the fewest worker-seconds wins
(paid are the cold start, the work, and `idle_timeout` after it), then the one with the fewest calls.

Nothing here reads a clock or a random number: equal input gives an equal plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace
from itertools import accumulate, pairwise
from math import ceil
from typing import Final

from gpu.batch.execution_time import Timing
from gpu.batch.fleet import Fleet
from gpu.contract import MAX_IMAGES, RUN_BODY_LIMIT

WORKER_POLL_S: Final = 1.0
"""Seconds between two looks for a job of a worker that was busy at the first (SDK 1.12)."""
UPLINK_BYTES_PER_S: Final = 10_000_000.0
"""Bytes a second that reach the endpoint."""
BODY_RESERVE: Final = 50_000
"""Bytes of a body that are left for all but the frames."""
MAX_ROUNDS: Final = 4
TIE_TOLERANCE: Final = (0.05, 0.1)
"""Plans that end within this fraction plus so many seconds of the soonest are equally fast: cold starts vary by more
than the one, and the SDK's own tick is the other."""
MAX_CALL_SECONDS: Final = 12.0
"""Seconds that a call of several frames may take: somebody watches them arrive, and a slow worker's whole share in
one call looks like a standstill. What it costs is one look for a job per call (`WORKER_POLL_S`), at most 12 %."""


@dataclass(frozen=True, slots=True)
class FrameCost:
    """One frame: bytes of its encoded picture, bytes expected of its alpha, and its work relative to `Timing`'s."""

    sent_bytes: int = 0
    returned_bytes: int = 0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Pack:
    """Frames (by index) of one call, and when it is expected to start and to end, in seconds after the send.

    `scale_up_at`: when the scaler should ask for its worker, where the call is the first of a cold one.
    """

    frames: tuple[int, ...]
    start: float
    finish: float
    scale_up_at: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Packs in the order in which they must be sent. `worker_seconds` is what the endpoint is expected to charge."""

    packs: tuple[Pack, ...]
    makespan: float
    worker_seconds: float


@dataclass(frozen=True, slots=True)
class _Load:
    """A job as the queue sees it: there from `arrives` on, taking `seconds`."""

    arrives: float
    seconds: float


@dataclass(frozen=True, slots=True)
class _Execution:
    """The course of a load: the worker (by index) that takes it, and when."""

    worker: int
    start: float
    finish: float


def plan(frames: Sequence[FrameCost], fleet: Fleet, timing: Timing) -> Plan:
    """Choose the best packing of `frames`; one without packs when there are none.

    An endpoint without any worker, and none to start, is planned for as if it had one: the calls wait there.
    """
    if not frames:
        return Plan((), 0.0, 0.0)
    # dict: one candidate for each way to cut the frames, in a fixed order
    cuts = dict.fromkeys(_candidates(frames, fleet, timing))
    plans = [_simulate(cut, frames, fleet, timing) for cut in cuts]
    soonest = min(found.makespan for found in plans)
    limit = soonest * (1 + TIE_TOLERANCE[0]) + TIE_TOLERANCE[1]
    equal = [found for found in plans if found.makespan <= limit]
    return min(equal, key=lambda found: (round(found.worker_seconds, 3), len(found.packs), found.makespan))


def fits(frames: Iterable[FrameCost]) -> bool:
    """Tell whether these frames may go into one call: their number, and the bytes there and back."""
    chosen = list(frames)
    room = RUN_BODY_LIMIT - BODY_RESERVE
    sent, returned = (
        sum(_base64_size(frame.sent_bytes) for frame in chosen),
        sum(_base64_size(frame.returned_bytes) for frame in chosen),
    )
    return len(chosen) <= MAX_IMAGES and sent <= room and returned <= room


Cut = tuple[tuple[int, ...], ...]


def _candidates(frames: Sequence[FrameCost], fleet: Fleet, timing: Timing) -> Iterator[Cut]:
    """Yield ways to cut the frames, each in the order of sending.

    A candidate is a number of workers times a number of rounds, and not every packing: for frames of one cost, list
    scheduling is best for its workers, and more rounds only ever buy a scaler's attention.
    """
    ready = sorted(fleet.existing + fleet.cold) or [fleet.cold_start]
    mean = sum(frame.weight for frame in frames) / len(frames)
    for count in range(1, min(len(ready), len(frames)) + 1):
        shares = _frames_per_worker(len(frames), ready[:count], mean, timing)
        slices = _cut_slices(frames, shares)
        for rounds in range(1, MAX_ROUNDS + 1):
            yield _send_order(slices, ready, rounds, frames, timing)


def _frames_per_worker(count: int, ready: Sequence[float], weight: float, timing: Timing) -> list[int]:
    """Count the frames of each worker when each goes to the one that would then end first."""
    step = timing.seconds(weight) - timing.seconds(0)
    heap = [(at + timing.seconds(weight), worker) for worker, at in enumerate(ready)]
    heapify(heap)
    shares = [0] * len(ready)
    for _ in range(count):
        finish, worker = heap[0]
        shares[worker] += 1
        heapreplace(heap, (finish + step, worker))
    return shares


def _cut_slices(frames: Sequence[FrameCost], shares: Sequence[int]) -> list[list[int]]:
    """Cut neighbouring frames for each share, as near to it in weight as whole frames allow."""
    total = sum(frame.weight for frame in frames)
    bounds = [bound * total / len(frames) for bound in accumulate(shares)]
    slices: list[list[int]] = [[] for _ in shares]
    done, slot = 0.0, 0
    for index, frame in enumerate(frames):
        while slot < len(bounds) - 1 and done + frame.weight / 2 > bounds[slot]:
            slot += 1
        slices[slot].append(index)
        done += frame.weight
    return slices


def _send_order(
    slices: Sequence[Sequence[int]], ready: Sequence[float], rounds: int, frames: Sequence[FrameCost], timing: Timing
) -> Cut:
    """Cut each worker's slice in `rounds` pieces, or as many as the limits ask for; all first pieces come first."""
    pieces = [
        (nth, ready[worker], piece)
        for worker, indices in enumerate(slices)
        for nth, piece in enumerate(_within_limits(indices, rounds, frames, timing))
    ]
    return tuple(piece for _, _, piece in sorted(pieces))


def _within_limits(
    indices: Sequence[int], fewest: int, frames: Sequence[FrameCost], timing: Timing
) -> list[tuple[int, ...]]:
    """Cut the fewest equal pieces, from `fewest` up, that each fit; a frame that does not is a piece all the same."""
    for count in range(fewest, len(indices)):
        pieces = _equal_pieces(indices, count)
        if all(_is_allowed([frames[index] for index in piece], timing) for piece in pieces):
            return pieces
    return _equal_pieces(indices, len(indices))


def _is_allowed(piece: Sequence[FrameCost], timing: Timing) -> bool:
    return fits(piece) and timing.seconds(sum(frame.weight for frame in piece)) <= MAX_CALL_SECONDS


def _equal_pieces(indices: Sequence[int], count: int) -> list[tuple[int, ...]]:
    bounds = [round(nth * len(indices) / count) for nth in range(count + 1)] if count else []
    return [tuple(indices[low:high]) for low, high in pairwise(bounds) if high > low]


def _simulate(cut: Cut, frames: Sequence[FrameCost], fleet: Fleet, timing: Timing) -> Plan:
    """Play the cut through the queue."""
    arrivals = accumulate(
        sum(_base64_size(frames[index].sent_bytes) for index in piece) / UPLINK_BYTES_PER_S for piece in cut
    )
    ours = [
        _Load(arrives, timing.seconds(sum(frames[index].weight for index in piece)))
        for arrives, piece in zip(arrivals, cut, strict=True)
    ]
    loads = [*(_Load(0.0, seconds) for seconds in fleet.queue_ahead), *ours]
    cold = _ready_times_of_started(loads, fleet)
    runs = _schedule(loads, fleet.existing + cold)
    ours_run = zip(cut, runs[len(fleet.queue_ahead) :], strict=True)
    packs = tuple(Pack(piece, run.start, run.finish, _scale_up_at(run, cold, fleet)) for piece, run in ours_run)
    return Plan(packs, max(pack.finish for pack in packs), _worker_seconds(runs, cold, fleet))


def _scale_up_at(run: _Execution, cold: Sequence[float], fleet: Fleet) -> float | None:
    nth = run.worker - len(fleet.existing)
    return run.start - fleet.cold_start if nth >= 0 and run.start == cold[nth] else None


def _ready_times_of_started(loads: Sequence[_Load], fleet: Fleet) -> list[float]:
    """Return when each worker that the scaler starts for these loads is ready."""
    possible = fleet.cold or ([] if fleet.existing else [fleet.cold_start])
    if fleet.scaler.kind == "request_count":
        return possible[: fleet.started_by_request_count(len(loads))]
    delay = fleet.scaler.value
    runs = _schedule(loads, fleet.existing or possible[:1])
    busy = sum(run.finish > delay for run in runs) + sum(free > delay for free in fleet.free_in)
    return possible[: fleet.started_by_queue_delay(busy)]


def _schedule(loads: Sequence[_Load], ready: Sequence[float]) -> list[_Execution]:
    """Run the loads, first come first served, on workers that are `ready` at those times."""
    takes = [(at, worker) for worker, at in enumerate(ready)]
    heapify(takes)
    runs = []
    for load in loads:
        at, worker = takes[0]
        start = max(at, load.arrives)
        runs.append(_Execution(worker, start, start + load.seconds))
        heapreplace(takes, (start + ceil(load.seconds / WORKER_POLL_S) * WORKER_POLL_S, worker))
    return runs


def _worker_seconds(runs: Sequence[_Execution], cold: Sequence[float], fleet: Fleet) -> float:
    """Sum up the worker-seconds: the work of the existing workers, the whole life of those that are started."""
    existing = len(fleet.existing)
    warm = sum(run.finish - run.start for run in runs if run.worker < existing)
    started = 0.0
    for worker, ready in enumerate(cold, existing):
        last = max((run.finish for run in runs if run.worker == worker), default=ready)
        started += last - (ready - fleet.cold_start) + fleet.idle_timeout
    return warm + started


def _base64_size(size: int) -> int:
    return 4 * ceil(size / 3)
