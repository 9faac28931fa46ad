"""One job: its states as RunPod names them, and its form in `/status`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class State(StrEnum):
    """IN_QUEUE → IN_PROGRESS → COMPLETED | FAILED | TIMED_OUT; CANCELLED from the first two.

    A lost worker sends its job from IN_PROGRESS back to IN_QUEUE, `/retry` one that is FAILED or TIMED_OUT.
    """

    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    TIMED_OUT = "TIMED_OUT"


LIVE: Final = frozenset({State.IN_QUEUE, State.IN_PROGRESS})
RETRIABLE: Final = frozenset({State.FAILED, State.TIMED_OUT})


@dataclass(frozen=True, slots=True)
class Policy:
    """RunPod's per-job limits, in seconds (on the wire they are ms)."""

    execution_timeout: float = 600.0
    ttl: float = 86_400.0
    low_priority: bool = False
    """Waits for a worker that others woke: it makes the scaler start none."""


@dataclass(slots=True)
class Job:
    """One job. Times are the table's clock, in seconds."""

    id: str
    input: Any
    sync: bool
    policy: Policy
    created: float
    webhook: str | None = None
    state: State = State.IN_QUEUE
    started: float | None = None
    ended: float | None = None
    worker: str | None = None
    holders: set[str] = field(default_factory=set)
    """The workers that it was handed to and that have not let go of it: one, or two where it was delivered twice."""
    attempts: int = 0
    result: dict[str, Any] = field(default_factory=dict)
    """`output`, `error` or both, as the worker sent them; while it runs, its last word on progress as `output`."""
    chunks: list[Any] = field(default_factory=list)
    """Partial results that `/stream` has not handed out yet."""
    forgotten: bool = False
    """Kept from clients by a fault: to them it is not there, while its worker goes on."""
    forget_at: float | None = None
    """The time at which the job is forgotten, whatever its state; `/status?ttl=` sets it."""

    def describe(self) -> dict[str, Any]:
        """Return the job as `/status` shows it; `delayTime` and `executionTime` in ms, once they are known."""
        shown: dict[str, Any] = {"id": self.id, "status": self.state.value}
        if self.started is not None:
            shown |= {"delayTime": round((self.started - self.created) * 1000), "workerId": self.worker}
            if self.ended is not None:
                shown["executionTime"] = round((self.ended - self.started) * 1000)
        if self.attempts > 1:
            shown["retries"] = self.attempts - 1
        return shown | self.result


def encoded_images(job_input: Any) -> list[str]:
    """Return the base64 images of a job's input by the contract, in order; none for another kind of input."""
    if not isinstance(job_input, dict):
        return []
    many = job_input.get("images", [job_input["image"]] if "image" in job_input else [])
    return [one for one in many if isinstance(one, str)] if isinstance(many, list) else []


def piece_digests(job_input: Any) -> list[str]:
    """Hash each image with the task and the parameters, which is the same in every pack (16 hex digits)."""
    images = encoded_images(job_input)
    asked = {name: value for name, value in job_input.items() if name not in ("image", "images")} if images else {}
    return [digest(asked | {"image": one})[:16] for one in images]


def digest(job_input: Any) -> str:
    """Hash the input as compact JSON with sorted keys (SHA-256, hex): equal work has equal digests."""
    return hashlib.sha256(json.dumps(job_input, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
