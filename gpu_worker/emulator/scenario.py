"""Faults on demand: what goes wrong, at which request or job, and how many times.

`docs/emulator.md` describes the format. A fault that names a `picture` strikes only jobs that hold it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gpu_worker.emulator.jobs.job import Job, encoded_images

REQUEST_FAULTS: Final = ("rate_limited", "bad_gateway", "not_found", "dropped_before", "dropped_after", "slow")
DELIVERY_FAULTS: Final = ("crash", "hang", "duplicate_delivery", "forgotten")
RESULT_FAULTS: Final = ("lost_result", "malformed_base64", "wrong_size", "duplicate_result")
START_FAULTS: Final = ("crash_loop",)
WEBHOOK_FAULTS: Final = ("webhook_lost", "webhook_twice")
FAULTS: Final = (*REQUEST_FAULTS, *DELIVERY_FAULTS, *RESULT_FAULTS, *START_FAULTS, *WEBHOOK_FAULTS)
OPERATIONS: Final = ("run", "runsync", "status", "stream", "cancel", "retry", "purge-queue", "health")


class ScenarioError(ValueError):
    """The scenario is invalid; the message says which part of it."""


@dataclass(slots=True)
class Fault:
    """One fault. `nth` counts the events that fit from 1; `times` of them in a row go wrong."""

    fault: str
    nth: int = 1
    times: float = 1
    operation: str | None = None
    task: str | None = None
    picture: str | None = None
    frame: int | None = None
    seconds: float | None = None
    met: int = field(default=0, compare=False)
    fired: int = field(default=0, compare=False)

    def matches_next(self) -> bool:
        """Count one more event that fits; return whether it goes wrong."""
        self.met += 1
        hit = self.nth <= self.met < self.nth + self.times
        self.fired += hit
        return hit

    def frames(self, job: Job) -> list[int]:
        """Return the indices of the images concerned: the `picture`, else the `frame`, else the first."""
        if self.picture is not None:
            return [index for index, sha256 in enumerate(image_digests(job)) if sha256 == self.picture]
        return [self.frame or 0]


class Scenario:
    """The faults that an endpoint has now."""

    def __init__(self, faults: Mapping[str, Any] | None = None) -> None:
        self._faults = read_faults(faults or {})

    def replace(self, scenario: Mapping[str, Any]) -> None:
        """Set other faults, each counted from zero. Raises `ScenarioError` and leaves the old."""
        self._faults = read_faults(scenario)

    def on_request(self, operation: str) -> list[Fault]:
        """Return the faults of a client's request."""
        return [
            fault
            for fault in self._of(REQUEST_FAULTS)
            if fault.operation in (None, operation) and fault.matches_next()
        ]

    def on_take(self, job: Job) -> list[Fault]:
        """Return the faults of a job that a worker has just been handed."""
        return self._on_job(DELIVERY_FAULTS, job)

    def on_result(self, job: Job) -> list[Fault]:
        """Return the faults of a job whose result a worker hands in."""
        return self._on_job(RESULT_FAULTS, job)

    def on_start(self) -> list[Fault]:
        """Return the faults of a worker that starts."""
        return [fault for fault in self._of(START_FAULTS) if fault.matches_next()]

    def on_webhook(self, job: Job) -> list[Fault]:
        """Return the faults of a job whose webhook is about to be called."""
        return self._on_job(WEBHOOK_FAULTS, job)

    def describe(self) -> list[dict[str, Any]]:
        """Return each fault, how many events fitted it, and how many went wrong."""
        return [
            {"fault": one.fault, "nth": one.nth, "times": None if math.isinf(one.times) else one.times,
             "met": one.met, "fired": one.fired}
            for one in self._faults
        ]  # fmt: skip

    def _of(self, kinds: tuple[str, ...]) -> list[Fault]:
        return [fault for fault in self._faults if fault.fault in kinds]

    def _on_job(self, kinds: tuple[str, ...], job: Job) -> list[Fault]:
        return [fault for fault in self._of(kinds) if _applies_to(fault, job) and fault.matches_next()]


def load(path: Path) -> Scenario:
    """Load a scenario from a file. Raises `ScenarioError`, `OSError`."""
    try:
        return Scenario(json.loads(path.read_text("utf-8")))
    except json.JSONDecodeError as error:
        raise ScenarioError(f"{path}: not JSON: {error}") from None


def read_faults(scenario: object) -> list[Fault]:
    """Read and check `{"faults": [{"fault": …}, …]}`. Raises `ScenarioError`."""
    entries = scenario.get("faults", []) if isinstance(scenario, Mapping) else None
    if not isinstance(entries, list) or (isinstance(scenario, Mapping) and set(scenario) - {"faults"}):
        raise ScenarioError('a scenario is {"faults": [...]}')
    return [_read_fault(entry) for entry in entries]


def image_digests(job: Job) -> list[str]:
    """Return the SHA-256 (hex) of each image's encoded bytes; an empty text for one that is not base64."""
    return [_digest(image) for image in encoded_images(job.input)]


def _digest(image: str) -> str:
    try:
        return hashlib.sha256(base64.b64decode(image, validate=True)).hexdigest()
    except (binascii.Error, ValueError):
        return ""


def _applies_to(fault: Fault, job: Job) -> bool:
    if fault.task is not None and (not isinstance(job.input, dict) or job.input.get("task") != fault.task):
        return False
    return fault.picture is None or fault.picture in image_digests(job)


_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "fault": (str,), "nth": (int,), "times": (int,), "operation": (str,), "task": (str,), "picture": (str,),
    "frame": (int,), "seconds": (int, float),
}  # fmt: skip


def _read_fault(entry: object) -> Fault:
    if not isinstance(entry, dict) or entry.get("fault") not in FAULTS:
        raise ScenarioError(f"a fault is one of {', '.join(FAULTS)}, not {entry!r}")
    fields = dict(entry)
    if fields.get("times", 1) is None:
        fields["times"] = math.inf
    for name, value in entry.items():
        if name not in _KINDS:
            raise ScenarioError(f"{entry['fault']}: unknown field {name!r}")
        if fields[name] != math.inf and (not isinstance(value, _KINDS[name]) or isinstance(value, bool)):
            raise ScenarioError(f"{entry['fault']}: {name} cannot be {value!r}")
    if fields.get("operation") not in (None, *OPERATIONS):
        raise ScenarioError(f"operation is one of {', '.join(OPERATIONS)}, not {fields['operation']!r}")
    fault = Fault(**fields)
    if fault.nth < 1 or fault.times < 1 or (fault.seconds or 0) < 0 or (fault.frame or 0) < 0:
        raise ScenarioError(f"{fault.fault}: nth and times start at 1, seconds and frame at 0")
    return fault
