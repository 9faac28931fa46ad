"""The time that a frame takes, learned from calls that have ended. Plain numbers in and out; nothing is stored here.

A call of n frames runs for about `per_call + n × per_frame` ms. Each finished call is one sample of both figures:

* **Gain.** A sample counts as one among `samples`, which is capped at `MAX_SAMPLES`, so that the estimate follows a
  change of model or GPU within a few dozen calls. It is halved for each `HALF_LIFE` that passes, so that an old
  estimate yields to the first new call.
* **Share.** What the call took more or less than expected is shared between the two figures as a Kalman filter would:
  by the squares of their uncertainties, each in proportion to what the figure put into the expectation. What a call
  adds comes from the SDK and is known better (`CALL_UNCERTAINTY`) than what a model takes on a machine not yet seen.
* **Robust.** From the fourth sample on one call moves the estimate by at most `MAX_RESIDUAL` × what was expected of
  it (a GPU that throttles, a neighbour on a shared host), so that no single straggler spoils the next plan.

The time from asking for a worker to its first job is learned the same way, as a call of no frames
(`task` = `COLD_START`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

COLD_START: Final = "cold_start"
"""Stands where a task's name stands in what is stored: `per_call_ms` is the cold start."""

MAX_SAMPLES: Final = 8.0
HALF_LIFE: Final = 3 * 86_400.0
"""Seconds until what was learned weighs half."""
MAX_RESIDUAL: Final = 1.0
CALL_UNCERTAINTY: Final = 0.3
"""Uncertainty of `per_call` relative to that of `per_frame`."""
MIN_SAMPLES: Final = 2.0
"""Samples below which nothing is thought wild: a prior is a guess."""
MIN_MS: Final = 1.0
PESSIMISM: Final = 20.0

SIZE_CLASSES: Final = (256, 512, 1024, 2048)
PER_CALL_MS: Final = 100.0
"""The time that RunPod's SDK adds to a job: half of its 0.1 s tick, the JSON, the hand-over of the result."""
COLD_START_MS: Final = 8_000.0
"""Hopeful: a worker that is thought too slow to wake is never woken, and what it takes never learned."""
PRIORS_MS: Final[Mapping[str, float]] = {"rembg": 90.0, "sam": 120.0, "birefnet": 160.0, "sam_clip": 150.0}
"""A frame at 1024 px on a GPU of the 24 GB tier. The first call on another machine corrects them."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A finished call: how many frames it ran, and for how many ms (RunPod's `executionTime`)."""

    frames: float
    execution_ms: float


@dataclass(frozen=True, slots=True)
class Timing:
    """The expected time of a call, in ms. `samples` is the weight of what was learned, `updated_at` Unix time."""

    per_frame_ms: float
    per_call_ms: float = PER_CALL_MS
    samples: float = 0.0
    updated_at: float = 0.0

    def seconds(self, frames: float) -> float:
        """Return what a call of so many frames takes on a worker, in seconds."""
        return (self.per_call_ms + frames * self.per_frame_ms) / 1000

    def to_dict(self) -> dict[str, float]:
        """Return the four numbers by name, for a row or a file."""
        return asdict(self)


def size_class(width: int, height: int) -> str:
    """Return the side in pixels of the smallest square of `SIZE_CLASSES` that holds the picture.

    Frames of a class cost alike.
    """
    longest = max(width, height)
    return str(next((side for side in SIZE_CLASSES if longest <= side), SIZE_CLASSES[-1]))


def prior(task: str) -> Timing:
    """Return what is assumed of a task (or of `COLD_START`) before its first call."""
    if task == COLD_START:
        return Timing(0.0, COLD_START_MS)
    return Timing(PRIORS_MS.get(task, max(PRIORS_MS.values())))


def is_prior(known: Timing) -> bool:
    """Tell whether nothing has been measured yet."""
    return known.samples < 1


def pessimistic(known: Timing) -> Timing:
    """Make a prior so much slower that the first calls are small, whatever machine answers them.

    A worker on a CPU takes up to fifty times as long as the prior says. One call is enough to know.
    """
    return replace(known, per_frame_ms=known.per_frame_ms * PESSIMISM) if is_prior(known) else known


def learn(known: Timing, sample: Sample, now: float) -> Timing:
    """Update `known` by one more call; `now` is Unix time in seconds.

    A sample that makes no sense changes nothing.
    """
    if sample.frames < 0 or sample.execution_ms <= 0:
        return known
    weight = _aged_samples(known, now)
    for_frames = sample.frames * known.per_frame_ms
    expected = known.per_call_ms + for_frames
    residual = sample.execution_ms - expected
    if weight >= MIN_SAMPLES:
        residual = min(residual, MAX_RESIDUAL * expected)
    step = residual / (weight + 1)
    share = for_frames**2 / (for_frames**2 + (CALL_UNCERTAINTY * known.per_call_ms) ** 2) if for_frames else 0.0
    per_frame = known.per_frame_ms + (step * share / sample.frames if sample.frames else 0.0)
    per_call = known.per_call_ms + step * (1 - share)
    return Timing(_at_least(per_frame, known.per_frame_ms), max(per_call, MIN_MS), weight + 1, now)


def _aged_samples(known: Timing, now: float) -> float:
    """Age an estimate: return how many samples it is worth now."""
    age = max(0.0, now - known.updated_at)
    return float(min(known.samples, MAX_SAMPLES) * 0.5 ** (age / HALF_LIFE))


def _at_least(per_frame: float, before: float) -> float:
    return max(per_frame, MIN_MS) if before else per_frame
