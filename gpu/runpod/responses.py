"""The answers of RunPod's REST API: a job's state, its error, the endpoint's health. No network here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gpu.contract import FrameError, Request, WireError, read_output
from gpu.errors import (
    BadOutput,
    GpuError,
    JobCancelled,
    JobFailed,
    JobTimedOut,
    JobTooLarge,
    OutputLost,
    TransportError,
    WorkerCrashed,
)
from gpu.ledger import Result, Timings

ENDED_STATES: Final = frozenset({"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"})
ACTIVE_STATES: Final = frozenset({"IN_QUEUE", "IN_PROGRESS", "RUNNING"})
MAX_MESSAGE_LENGTH: Final = 300
"""Characters of a worker's own message that we keep."""
REMOTE_ID: Final = re.compile(r"[\x21-\x7e]{1,100}")
"""The form of a job's id: what is stored, and becomes part of addresses that we request."""
MAX_MILLISECONDS: Final = 2**31 - 1
"""24 days, and the most that a row can hold."""
NO_REASON_GIVEN: Final = "The GPU worker failed without saying why."
CODE: Final = re.compile(r"[a-z][a-z_]{0,39}")
ADDRESS: Final = re.compile(
    r"\b([a-z][a-z0-9+.-]*://)(?:[^\s/?#\"'<>]*@)?([^\s/?#\"'<>@]*)[^\s\"'<>]*", re.IGNORECASE
)
EXCEPTION: Final = re.compile(r"[A-Za-z_][\w.]*: ")


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as `/status` tells it. `state` is one of RunPod's words; `output` and `error` are still unread."""

    remote_id: str
    state: str
    output: object = None
    error: object = None
    timings: Timings = field(default_factory=Timings)

    @property
    def ended(self) -> bool:
        return self.state in ENDED_STATES


@dataclass(frozen=True, slots=True)
class Health:
    """Counts from `/health`: jobs (`inQueue`, `inProgress`, …) and workers (`ready`, `initializing`, …)."""

    jobs: Mapping[str, int]
    workers: Mapping[str, int]

    @property
    def queue(self) -> int:
        """Jobs that wait for a worker."""
        return self.jobs.get("inQueue", 0)

    @property
    def ended_jobs(self) -> int:
        """Jobs that a worker has done, well or not."""
        return self.jobs.get("completed", 0) + self.jobs.get("failed", 0)

    @property
    def live_workers(self) -> int:
        """Workers that take jobs. Each count may be missing; `ready` holds the idle ones, and in some answers all."""
        return max(self.workers.get("ready", 0), self.workers.get("idle", 0) + self.workers.get("running", 0))

    @property
    def free_workers(self) -> int:
        """Workers that have nothing to do, or soon will."""
        workers = self.workers
        idle = max(workers.get("idle", 0), workers.get("ready", 0) - workers.get("running", 0))
        return idle + workers.get("initializing", 0)

    @property
    def is_out_of_capacity(self) -> bool:
        """Whether there is no GPU for a worker: RunPod throttles, and nothing is starting or broken."""
        workers = self.workers
        return bool(workers.get("throttled", 0)) and not (
            workers.get("initializing", 0) or workers.get("unhealthy", 0)
        )


def read_remote_id(body: object) -> str:
    """Read the id in the answer to `/run`, or "" when the answer holds none."""
    remote_id = body.get("id") if isinstance(body, dict) else None
    return remote_id if isinstance(remote_id, str) and REMOTE_ID.fullmatch(remote_id) else ""


def read_state(body: object, remote_id: str) -> JobState:
    """Read the answer to `/status/{id}`. Raises `TransportError` when it is not one."""
    state = body.get("status") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(state, str) or state not in ENDED_STATES | ACTIVE_STATES:
        raise TransportError("The GPU endpoint's answer about a job makes no sense.")
    timings = Timings(_milliseconds(body.get("delayTime")), _milliseconds(body.get("executionTime")))
    return JobState(remote_id, state, body.get("output"), body.get("error"), timings)


def read_health(body: object) -> Health:
    """Read the answer to `/health`. Counts that are missing or no numbers are left out."""
    source = body if isinstance(body, dict) else {}
    return Health(_counts(source.get("jobs")), _counts(source.get("workers")))


def read_result(request: Request, state: JobState) -> Result:
    """Read the frames of a job that has ended.

    Raises `JobFailed` (`JobTooLarge`, `WorkerCrashed`), `JobTimedOut`, `JobCancelled`, `OutputLost` or `BadOutput`.
    """
    if state.state != "COMPLETED":
        raise _job_error(state)
    if state.output is None:
        # RunPod reports COMPLETED when it has thrown a too large result away.
        raise OutputLost("The GPU finished, but its result was lost (too large to send back).", state.remote_id)
    if not isinstance(state.output, dict):
        raise BadOutput("The GPU's answer is not an object.", state.remote_id)
    try:
        frames: list[bytes | FrameError] = [] if request.task == "info" else read_output(request, state.output)
    except WireError as error:
        raise BadOutput(f"The GPU's answer cannot be used: {error.message}.", state.remote_id) from None
    return Result(state.output, tuple(_sanitize_frame(frame) for frame in frames), state.timings)


def _job_error(state: JobState) -> GpuError:
    if state.state == "CANCELLED":
        return JobCancelled("The job was cancelled at the GPU endpoint.", state.remote_id)
    if state.state == "TIMED_OUT":
        return JobTimedOut("The GPU endpoint stopped the job: it ran for too long.", state.remote_id)
    code, message = _read_error(state.error)
    if not code:
        return WorkerCrashed("internal", message, state.remote_id)
    kind = JobTooLarge if code == "too_large" else JobFailed
    return kind(code, message, state.remote_id)


def _read_error(raw: object) -> tuple[str, str]:
    """Read `code` and a message from our worker's JSON. From the SDK's (`error_type`, …) or plain words: no code."""
    found = raw
    if isinstance(raw, str):
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError):
            return "", readable_message(raw)
    if not isinstance(found, dict):
        return "", readable_message(str(found) if found else "")
    message = readable_message(str(found.get("message") or found.get("error_message") or ""))
    return (_code(found["code"]) if found.get("code") else ""), message


def _sanitize_frame(frame: bytes | FrameError) -> bytes | FrameError:
    """Clean a frame's own error: it comes from outside, and is shown to people."""
    if isinstance(frame, bytes):
        return frame
    code: Any = _code(frame["code"])
    return {"code": code, "message": readable_message(frame["message"])}


def _code(value: object) -> str:
    return value if isinstance(value, str) and CODE.fullmatch(value) else "internal"


def readable_message(text: str) -> str:
    """Cut a worker's words to what a person may read: one line, no traceback, of an address only its host.

    The last line that says something is taken: of a traceback, that is the exception itself. An address may carry a
    signature (a webhook's, a download's), and so is cut.
    """
    lines = [line.strip() for line in text.replace("\\n", "\n").splitlines() if line.strip()]
    if not lines or ("Traceback (most recent call last)" in text and not EXCEPTION.match(lines[-1])):
        return NO_REASON_GIVEN
    return ADDRESS.sub(r"\1\2/…", lines[-1])[:MAX_MESSAGE_LENGTH]


def _milliseconds(value: object) -> int | None:
    """Read a time, or None for what can be none: RunPod's answer may come from anything that stands in its place."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value) if 0 <= value <= MAX_MILLISECONDS else None


def _counts(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        return {}
    return {str(name): count for name, count in value.items() if type(count) is int}
