"""The ledger of calls, written before, while and after each is made, so that nothing is paid for twice.

The client calls a `Ledger`; the app keeps it in rows, `MemoryLedger` in a dictionary. One row is one send:

    prepared ──> sending ──> submitted ──> succeeded
        │           │ │          ├───────> failed
        │           │ │          └───────> cancelled
        │           │ └──> uncertain ──> submitted   a webhook names the job after all
        │           │           └──────> failed      its one repetition was uncertain too
        └───────────┴──> failed, cancelled           known not to have been queued

A call is *live* until it is failed or cancelled, or an uncertain one has been sent again (`resend`): then there are
two rows of one key, and both stay to be seen. So they do when the endpoint has lost a job, whose call fails, and the
work is sent once more (`replace_lost`).

Jobs of one scope may want equal work at the same time, and then wait for one call together: the first to learn
of its end writes it down, and it is cancelled only when none of them waits for it any more.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Protocol

from gpu.contract import FrameError, Request
from gpu.errors import GpuError

Status = Literal["prepared", "sending", "submitted", "succeeded", "failed", "uncertain", "cancelled"]
UNSUCCESSFUL: Final[tuple[Status, ...]] = ("failed", "cancelled")
ENDED: Final[tuple[Status, ...]] = ("succeeded", *UNSUCCESSFUL)


@dataclass(frozen=True, slots=True)
class Timings:
    """RunPod's own figures in ms: waiting for a worker (queue and cold start), and running. None when not said.

    `estimated`: `execution_ms` is not RunPod's, but the most that is possible (`gpu.call.remote_job`).
    """

    delay_ms: int | None = None
    execution_ms: int | None = None
    estimated: bool = False


UNTIMED: Final = Timings()


@dataclass(frozen=True, slots=True)
class Result:
    """A finished call: `frames` in the order of the request's images, each PNG bytes or why there are none.

    `output` is the worker's answer as it came, with the base64; only `info` needs it.
    """

    output: dict[str, Any]
    frames: tuple[bytes | FrameError, ...]
    timings: Timings


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One send of one piece of work. `(key, attempt)` names it; `sent_at` is Unix time in seconds.

    `frame_keys` name the pieces of a pack, in the order of its images: packed otherwise, a frame keeps its key.
    """

    key: str
    attempt: int
    endpoint: str
    status: Status
    remote_id: str = ""
    sent_at: float = 0.0
    replaces_uncertain: bool = False
    replaces_lost: bool = False
    result: Result | None = None
    frame_keys: tuple[str, ...] = ()
    ours: bool = True
    """Made by the job that reads it (by any of its runs), and not by another one of the same scope."""


class Ledger(Protocol):
    """The port to what is written down. Every method returns only when what it says is saved.

    Those that move a row are compare-and-set from the status that the record holds. When the row has moved on they
    raise `CallMovedError`, but that two jobs hear of the end of one call is no conflict: `mark_succeeded`,
    `mark_failed` and `mark_cancelled` give back a row that has ended as it is. When the row is no longer the
    caller's to write they raise an error of the ledger's own, which the client does not catch: the run stops without
    sending anything, and cancels nothing but a job whose id could not be written down.
    """

    async def get_or_create(
        self, request: Request, key: str, endpoint: str, frame_keys: Sequence[str] = ()
    ) -> CallRecord:
        """Return the live call of this key, else a new one, `prepared`, with the next attempt number.

        A ledger that bounds what may be spent raises `CallNotAllowed` instead of making a new one.
        """
        ...

    async def join(self, record: CallRecord, request: Request) -> CallRecord:
        """Wait for that call too, and return the row as it is now.

        `request` holds b"" for pictures that the job has not got. A call that is live still is not cancelled from
        here on, unless by the last who waits for it.
        """
        ...

    async def find_by_frames(self, frame_keys: Sequence[str]) -> list[CallRecord]:
        """Find the calls of this scope that are live or succeeded and hold any of these frames, oldest first."""
        ...

    async def refresh(self, record: CallRecord) -> CallRecord:
        """Read the same row again; a webhook or a person may have moved it."""
        ...

    async def mark_sending(self, record: CallRecord) -> CallRecord:
        """Move prepared → sending, with `sent_at`: from here on the endpoint may have heard of it."""
        ...

    async def mark_submitted(self, record: CallRecord, remote_id: str) -> CallRecord:
        """Move sending → submitted: the endpoint has taken it under this id."""
        ...

    async def mark_succeeded(self, record: CallRecord, result: Result) -> CallRecord:
        """Move submitted → succeeded (or succeeded again).

        A ledger that keeps the frames gives them back in `CallRecord.result`; of one that does not, the client asks
        the endpoint for them again, which costs nothing while the endpoint has them.
        """
        ...

    async def mark_failed(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        """Move any live status → failed, with `error.code`, `error.message` and what it cost."""
        ...

    async def mark_uncertain(self, record: CallRecord) -> CallRecord:
        """Move sending → uncertain: sent, unanswered."""
        ...

    async def resend(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
        """Replace an uncertain call (which stays so, with what it may have cost) by a new one, `prepared`.

        It has the same key and frames. When the row is not uncertain any more (a webhook has just named its job),
        the row as it is now; when another
        job has sent it again already, that call.
        """
        ...

    async def replace_lost(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        """Move submitted → failed, and in the same moment replace it by a new call, `prepared`.

        It has the same key and frames. When another job has written its end already, the latest call of the key.
        """
        ...

    async def mark_cancelled(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
        """Move any live status → cancelled, with what it cost where that is known.

        The row comes before the endpoint: a kill between the two leaves a paid job at most, never a row that says
        it is wanted. While another job waits for the call it stays as it is, and the endpoint is not told.
        """
        ...


def work_key(request: Request, scope: str) -> str:
    """Digest (64 hex digits) what is asked for and on whose behalf: equal work of one scope has one key."""
    asked = json.dumps([scope, request.task, request.pack, request.params], sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(asked.encode())
    for image in request.images:
        digest.update(hashlib.sha256(image).digest())
    return digest.hexdigest()


class CallMovedError(RuntimeError):
    """A row was no longer in the status from which it should have moved: somebody else has moved it."""


class MemoryLedger:
    """A ledger that lasts as long as the process: for calls that nobody is charged for, and for tests.

    It does not know who else waits for a call: what one job cancels is cancelled.
    """

    def __init__(self, now: Callable[[], float] = time.time, rows: list[CallRecord] | None = None) -> None:
        self.rows = [] if rows is None else rows
        self._now = now
        self._own: set[tuple[str, int]] = set()

    async def get_or_create(
        self,
        request: Request,  # noqa: ARG002 a row may keep more
        key: str,
        endpoint: str,
        frame_keys: Sequence[str] = (),
    ) -> CallRecord:
        rows = [row for row in self.rows if row.key == key]
        if rows and rows[-1].status not in UNSUCCESSFUL:
            return self._with_ownership(rows[-1])
        return self._add(CallRecord(key, len(rows) + 1, endpoint, "prepared", frame_keys=tuple(frame_keys)))

    async def find_by_frames(self, frame_keys: Sequence[str]) -> list[CallRecord]:
        wanted = set(frame_keys)
        latest = {row.key: row.attempt for row in self.rows}  # an uncertain call that was sent again is not live
        live = [row for row in self.rows if row.status not in UNSUCCESSFUL and row.attempt == latest[row.key]]
        return [self._with_ownership(row) for row in live if wanted.intersection(row.frame_keys)]

    async def join(self, record: CallRecord, request: Request) -> CallRecord:  # noqa: ARG002 a row may keep more
        return await self.refresh(record)

    async def refresh(self, record: CallRecord) -> CallRecord:
        return self._with_ownership(self.rows[self._index(record)])

    async def mark_sending(self, record: CallRecord) -> CallRecord:
        return self._move(record, replace(record, status="sending", sent_at=self._now()))

    async def mark_submitted(self, record: CallRecord, remote_id: str) -> CallRecord:
        return self._move(record, replace(record, status="submitted", remote_id=remote_id))

    async def mark_succeeded(self, record: CallRecord, result: Result) -> CallRecord:
        return self._end(record, replace(record, status="succeeded", result=result))

    async def mark_failed(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:  # noqa: ARG002
        return self._end(record, replace(record, status="failed"))

    async def mark_uncertain(self, record: CallRecord) -> CallRecord:
        return self._move(record, replace(record, status="uncertain"))

    async def resend(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:  # noqa: ARG002
        current = await self.refresh(record)
        if current.status != "uncertain":
            return current
        latest = self._latest(record)
        if latest.attempt > record.attempt:
            return self._with_ownership(latest)
        return self._add(replace(_next_attempt(record), replaces_uncertain=True))

    async def replace_lost(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        if (await self.refresh(record)).status in ENDED:
            return self._with_ownership(self._latest(record))
        await self.mark_failed(record, error, timings)
        return self._add(replace(_next_attempt(record), replaces_lost=True))

    async def mark_cancelled(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:  # noqa: ARG002
        return self._end(record, replace(record, status="cancelled"))

    def _latest(self, record: CallRecord) -> CallRecord:
        return [row for row in self.rows if row.key == record.key][-1]

    def _add(self, record: CallRecord) -> CallRecord:
        self.rows.append(record)
        self._own.add((record.key, record.attempt))
        return record

    def _with_ownership(self, row: CallRecord) -> CallRecord:
        ours = (row.key, row.attempt) in self._own
        return row if row.ours == ours else replace(row, ours=ours)

    def _end(self, old: CallRecord, new: CallRecord) -> CallRecord:
        current = self.rows[self._index(old)]
        return self._with_ownership(current) if current.status in ENDED else self._move(old, new)

    def _move(self, old: CallRecord, new: CallRecord) -> CallRecord:
        index = self._index(old)
        if self.rows[index].status != old.status:
            raise CallMovedError(f"the call is {self.rows[index].status}, not {old.status}")
        self.rows[index] = new
        return new

    def _index(self, record: CallRecord) -> int:
        names = [(row.key, row.attempt) for row in self.rows]
        return names.index((record.key, record.attempt))


def _next_attempt(record: CallRecord) -> CallRecord:
    """Make the next attempt at a call, not sent yet. It remembers what it replaces: each trouble is repeated once."""
    return replace(record, attempt=record.attempt + 1, status="prepared", remote_id="", sent_at=0.0, ours=True)
