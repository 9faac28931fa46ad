"""The GPU ledger in rows: `gpu.ledger.Ledger` stored in `GpuCall`, written only while the run holds its job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from animations import storage
from animations.models import GpuCall, Job
from animations.models.gpu.webhook_signature import webhook_path
from animations.models.job import LeaseLost
from animations.models.transitions import ERROR_LENGTH
from animations.models.users.lock import lock_person
from animations.work.gpu import quota, timings
from animations.work.lease import Lease
from gpu.contract import FrameError, Request
from gpu.errors import GpuError
from gpu.ledger import UNTIMED, CallMovedError, CallRecord, Result, Timings


class RowLedger:
    """Every method is one transaction: the lease is checked, then the row is moved by compare-and-set.

    The alphas of a finished call are stored before the row says so, and so a run that starts again has them. A new
    call reserves its expected time of its user's day; there `get_or_create` raises `QuotaExceeded` when no room
    is left.
    A call's own job and others of the project with equal work are noted as `waiting` for it, so that the last of
    them that is cancelled, and none before, cancels it.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._project = lease.job.project
        self._size_classes: dict[str, tuple[str, str]] = {}
        self._ids: dict[tuple[str, int], UUID] = {}

    async def get_or_create(
        self, request: Request, key: str, endpoint: str, frame_keys: Sequence[str] = ()
    ) -> CallRecord:
        return await self._in_transaction(self._get_or_create, request, key, endpoint, frame_keys)

    async def find_by_frames(self, frame_keys: Sequence[str]) -> list[CallRecord]:
        return await sync_to_async(lambda: [self._record(row) for row in self._find_by_frames(set(frame_keys))])()

    async def join(self, record: CallRecord, request: Request) -> CallRecord:
        return await self._in_transaction(self._join, record, request)

    async def refresh(self, record: CallRecord) -> CallRecord:
        return await sync_to_async(lambda: self._record(self._row(record)))()

    async def mark_sending(self, record: CallRecord) -> CallRecord:
        return await self._move(record, status=GpuCall.Status.SENDING, sent_at=timezone.now())

    async def mark_submitted(self, record: CallRecord, remote_id: str) -> CallRecord:
        return await self._move(record, status=GpuCall.Status.SUBMITTED, remote_id=remote_id)

    async def mark_succeeded(self, record: CallRecord, result: Result) -> CallRecord:
        stored = await sync_to_async(self._store_frames)(result)
        model = str(result.output.get("model", ""))[:80]
        values = {"status": GpuCall.Status.SUCCEEDED, "results": stored, "model": model}
        ended, by_us = await sync_to_async(self._end)(record, values | cost_values(result.timings))
        if by_us:
            await sync_to_async(timings.learn_from)(*self._size_classes.get(record.key, ("", "")), result)
        return ended

    async def mark_failed(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        ended, _ = await sync_to_async(self._end)(record, _failure(error) | cost_values(timings))
        return ended

    async def mark_uncertain(self, record: CallRecord) -> CallRecord:
        return await self._move(record, status=GpuCall.Status.UNCERTAIN)

    async def resend(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
        return await self._in_transaction(self._resend, record, timings)

    async def replace_lost(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        return await self._in_transaction(self._replace_lost, record, error, timings)

    async def mark_cancelled(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
        return await sync_to_async(self._cancel)(record, timings)

    def webhook(self, record: CallRecord) -> str:
        """Return the URL where the endpoint may tell that this call has ended; "" when nobody reaches us."""
        if not settings.PUBLIC_URL:
            return ""
        return f"{settings.PUBLIC_URL}{webhook_path(self._ids[record.key, record.attempt])}"

    async def _in_transaction(self, function: Callable[..., CallRecord], *args: object) -> CallRecord:
        def write() -> CallRecord:
            with transaction.atomic():
                lock_person(self._project.owner_id)  # before the job's row, as all others do who lock both
                self._lease.job.require_lease(self._lease.token)
                return function(*args)

        return await sync_to_async(write)()

    async def _move(self, record: CallRecord, **values: Any) -> CallRecord:
        def write() -> CallRecord:
            with transaction.atomic():
                self._require_right_to_move(values["status"])
                row, moved = self._update(record, values)
                if not moved and not _webhook_was_first(row, values):
                    raise CallMovedError(f"the call is {row.status}, not {record.status}")
                return self._record(row)

        return await sync_to_async(write)()

    def _end(self, record: CallRecord, values: dict[str, Any]) -> tuple[CallRecord, bool]:
        """Return the row as it has ended, and whether that is our doing: another job may wait for the same call."""
        with transaction.atomic():
            self._require_right_to_move(values["status"])
            row, moved = self._update(record, values | {"finished_at": timezone.now()})
            if row.status not in GpuCall.ENDED:
                raise CallMovedError(f"the call is {row.status}, not {record.status}")
            return self._record(row), moved

    def _cancel(self, record: CallRecord, timings: Timings) -> CallRecord:
        """Cancel the call and return its row, unless another live job waits for it: then the row stays as it was."""
        with transaction.atomic():
            self._require_right_to_move(GpuCall.Status.CANCELLED)
            row = GpuCall.objects.select_for_update().get(pk=self._row(record).pk)
            row.waiting.remove(self._lease.job)
            if Job.objects.live().filter(awaited_calls=row).exists():
                return self._record(row)
            return self._end(record, {"status": GpuCall.Status.CANCELLED} | cost_values(timings))[0]

    def _update(self, record: CallRecord, values: dict[str, Any]) -> tuple[GpuCall, bool]:
        moved = GpuCall.objects.filter(pk=self._row(record).pk, status=record.status).update(**values)
        return self._row(record), moved == 1

    def _require_right_to_move(self, status: str) -> None:
        """Raise `LeaseLost` without the lease; a job that is over may still note what it has sent, and cancel it."""
        try:
            self._lease.job.require_lease(self._lease.token)
        except LeaseLost:
            alive = Job.objects.live().filter(pk=self._lease.job.pk).exists()
            if alive or status not in (GpuCall.Status.SUBMITTED, GpuCall.Status.CANCELLED):
                raise

    def _get_or_create(self, request: Request, key: str, endpoint: str, frame_keys: Sequence[str]) -> CallRecord:
        self._size_classes[key] = request.task, timings.request_size_class(request)
        last = GpuCall.objects.filter(key=key).order_by("-attempt").first()
        if last is not None and last.status not in GpuCall.UNSUCCESSFUL:
            return self._await_with_others(last)
        estimate_ms = timings.expected_ms(request)
        quota.require_room(self._project.owner_id, estimate_ms)
        values: dict[str, Any] = {
            "user_id": self._project.owner_id,
            "project": self._project,
            "job": self._lease.job,
            "task": request.task,
            "endpoint": endpoint,
            "frames": len(request.images),
            "frame_keys": list(frame_keys),
            "estimate_ms": estimate_ms,
        }
        # Of two jobs that open the same work in the same moment, one makes the row and the other finds it.
        row, _ = GpuCall.objects.get_or_create(values, key=key, attempt=last.attempt + 1 if last else 1)
        return self._await_with_others(row)

    def _join(self, record: CallRecord, request: Request) -> CallRecord:
        self._size_classes[record.key] = request.task, timings.request_size_class(request)
        return self._await_with_others(self._row(record))

    def _await_with_others(self, row: GpuCall) -> CallRecord:
        if row.status not in GpuCall.ENDED:
            row.waiting.add(self._lease.job)
        return self._record(row)

    def _find_by_frames(self, wanted: set[str]) -> list[GpuCall]:
        """Find the latest attempt of each key that is live or succeeded and holds one of these frames, oldest first.

        Their keys are compared here: not every database can query JSON.
        """
        rows = GpuCall.objects.filter(project=self._project).order_by("attempt")
        latest = {key: (pk, frame_keys) for pk, key, frame_keys in rows.values_list("pk", "key", "frame_keys")}
        holding = [pk for pk, frame_keys in latest.values() if wanted.intersection(frame_keys)]
        found = GpuCall.objects.filter(pk__in=holding).exclude(status__in=GpuCall.UNSUCCESSFUL)
        return list(found.order_by("created_at"))

    def _resend(self, record: CallRecord, timings: Timings) -> CallRecord:
        row, last = self._with_latest(record)
        if row.status != GpuCall.Status.UNCERTAIN or last.attempt > row.attempt:
            return self._await_with_others(last)
        GpuCall.objects.filter(pk=row.pk).update(**cost_values(timings))
        row.replaces_uncertain = True
        return self._create_attempt(row)

    def _replace_lost(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        row, last = self._with_latest(record)
        if row.status in GpuCall.ENDED:
            return self._await_with_others(last)
        self._end(record, _failure(error) | cost_values(timings))
        row.replaces_lost = True
        return self._create_attempt(row)

    def _with_latest(self, record: CallRecord) -> tuple[GpuCall, GpuCall]:
        """Lock the row; return it and the latest attempt at the same work."""
        row = GpuCall.objects.select_for_update().get(pk=self._row(record).pk)
        return row, GpuCall.objects.filter(key=row.key).order_by("attempt").last() or row

    def _create_attempt(self, row: GpuCall) -> CallRecord:
        """Create the next attempt at the call, by this job and for all who wait for it."""
        waiting = list(row.waiting.all())
        row.pk, row.attempt, row.job = None, row.attempt + 1, self._lease.job
        row.status, row.remote_id = GpuCall.Status.PREPARED, ""
        row.sent_at = row.signalled_at = row.finished_at = None
        row._state.adding = True
        row.id = GpuCall._meta.pk.get_default()
        row.save(force_insert=True)
        row.waiting.set(waiting)
        return self._await_with_others(row)

    def _store_frames(self, result: Result) -> list[dict[str, Any]]:
        """Store the alphas; return the frames as JSON: alphas by name, errors as they are."""
        return [
            {"error": frame} if isinstance(frame, dict) else {"alpha": storage.save(self._project.pk, frame, "png")}
            for frame in result.frames
        ]

    def _row(self, record: CallRecord) -> GpuCall:
        return GpuCall.objects.get(key=record.key, attempt=record.attempt)

    def _record(self, row: GpuCall) -> CallRecord:
        self._ids[row.key, row.attempt] = row.pk
        return CallRecord(
            key=row.key,
            attempt=row.attempt,
            endpoint=row.endpoint,
            status=row.status,  # type: ignore[arg-type]  # the choices are the protocol's words
            remote_id=row.remote_id,
            sent_at=row.sent_at.timestamp() if row.sent_at else 0.0,
            replaces_uncertain=row.replaces_uncertain,
            replaces_lost=row.replaces_lost,
            result=_result(row) if row.status == GpuCall.Status.SUCCEEDED else None,
            frame_keys=tuple(row.frame_keys),
            ours=row.job_id == self._lease.job.pk,
        )


def _webhook_was_first(row: GpuCall, values: dict[str, Any]) -> bool:
    """Return whether a webhook was quicker than the answer to the send, so that the row says as much or more."""
    if row.status != GpuCall.Status.SUBMITTED:
        return False
    return values["status"] == GpuCall.Status.UNCERTAIN or values.get("remote_id") == row.remote_id


def _result(row: GpuCall) -> Result:
    frames: list[bytes | FrameError] = [
        stored["error"] if "error" in stored else storage.read(stored["alpha"]) for stored in row.results
    ]
    return Result({"model": row.model}, tuple(frames), Timings(row.delay_ms, row.execution_ms))


def _failure(error: GpuError) -> dict[str, Any]:
    return {"status": GpuCall.Status.FAILED, "error": error.message[:ERROR_LENGTH]}


def cost_values(timings: Timings) -> dict[str, Any]:
    """Convert times to a row's values, with what they cost.

    RunPod bills from a worker's start; of one call we know its own execution, or its bound.
    """
    seconds = Decimal(timings.execution_ms or 0) / 1000
    return {
        "delay_ms": timings.delay_ms,
        "execution_ms": timings.execution_ms,
        "cost_is_estimate": timings.estimated,
        "cost_usd": seconds * Decimal(str(settings.GPU_DOLLARS_PER_SECOND)),
    }
