"""The GPU ledger in rows: `gpu.ledger.Ledger` kept in `GpuCall`, written only while the run holds its job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from animations.models import GpuCall, Job, files, hooks
from animations.models.job import LeaseLost
from animations.work import allowance, timing
from animations.work.lease import Lease
from gpu.contract import FrameError, Request
from gpu.errors import GpuError
from gpu.ledger import CallMovedError, CallRecord, Result, Timings


class RowLedger:
    """Every method is one transaction: the lease is checked, then the row is moved by compare-and-set.

    The alphas of a finished call are stored before the row says so, and so a run that starts again has them. A new
    call sets its expected time aside of its user's day; there `open` raises `AllowanceSpent` when no room is left.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._project = lease.job.project
        self._asked: dict[str, tuple[str, str]] = {}
        self._ids: dict[tuple[str, int], UUID] = {}

    async def open(self, request: Request, key: str, endpoint: str, frame_keys: Sequence[str] = ()) -> CallRecord:
        return await self._in_transaction(self._open, request, key, endpoint, frame_keys)

    async def covering(self, frame_keys: Sequence[str]) -> list[CallRecord]:
        return await sync_to_async(lambda: [self._record(row) for row in self._holding(set(frame_keys))])()

    async def reread(self, record: CallRecord) -> CallRecord:
        return await sync_to_async(lambda: self._record(self._row(record)))()

    async def sending(self, record: CallRecord) -> CallRecord:
        return await self._move(record, status=GpuCall.Status.SENDING, sent_at=timezone.now())

    async def submitted(self, record: CallRecord, remote_id: str) -> CallRecord:
        return await self._move(record, status=GpuCall.Status.SUBMITTED, remote_id=remote_id)

    async def succeeded(self, record: CallRecord, result: Result) -> CallRecord:
        kept = await sync_to_async(self._keep)(result)
        values = {
            "status": GpuCall.Status.SUCCEEDED,
            "results": kept,
            "model": str(result.output.get("model", ""))[:80],
            "finished_at": timezone.now(),
        }
        moved = await self._move(record, **values, **_spent(result.timings))
        await sync_to_async(timing.learn_from)(*self._asked.get(record.key, ("", "")), result)
        return moved

    async def failed(self, record: CallRecord, error: GpuError, timings: Timings) -> CallRecord:
        values = {"status": GpuCall.Status.FAILED, "error": error.message[:300], "finished_at": timezone.now()}
        return await self._move(record, **values, **_spent(timings))

    async def uncertain(self, record: CallRecord) -> CallRecord:
        return await self._move(record, status=GpuCall.Status.UNCERTAIN)

    async def again(self, record: CallRecord) -> CallRecord:
        return await self._in_transaction(self._again, record)

    async def cancelled(self, record: CallRecord) -> CallRecord:
        return await self._move(record, status=GpuCall.Status.CANCELLED, finished_at=timezone.now())

    def webhook(self, record: CallRecord) -> str:
        """`gpu.sending.Webhook`: where the endpoint may tell that this call has ended; "" when nobody reaches us."""
        if not settings.PUBLIC_URL:
            return ""
        return f"{settings.PUBLIC_URL}{hooks.path(self._ids[record.key, record.attempt])}"

    async def _in_transaction(self, function: Callable[..., CallRecord], *args: object) -> CallRecord:
        def write() -> CallRecord:
            with transaction.atomic():
                self._lease.job.hold(self._lease.token)
                return function(*args)

        return await sync_to_async(write)()

    async def _move(self, record: CallRecord, **values: Any) -> CallRecord:
        def write() -> CallRecord:
            with transaction.atomic():
                self._may_move(values["status"])
                moved = GpuCall.objects.filter(pk=self._row(record).pk, status=record.status).update(**values)
                row = self._row(record)
                if moved != 1 and not _heard_already(row, values):
                    raise CallMovedError(f"the call is {row.status}, not {record.status}")
                return self._record(row)

        return await sync_to_async(write)()

    def _may_move(self, status: str) -> None:
        """Of a job that is over the run may still say what it has sent, and call it off; else the lease decides."""
        try:
            self._lease.job.hold(self._lease.token)
        except LeaseLost:
            alive = Job.objects.live().filter(pk=self._lease.job.pk).exists()
            if alive or status not in (GpuCall.Status.SUBMITTED, GpuCall.Status.CANCELLED):
                raise

    def _open(self, request: Request, key: str, endpoint: str, frame_keys: Sequence[str]) -> CallRecord:
        self._asked[key] = request.task, timing.size_of(request)
        last = GpuCall.objects.filter(key=key).order_by("-attempt").first()
        if last is not None and last.status not in GpuCall.OVER:
            return self._record(last)
        estimate_ms = timing.expected_ms(request)
        allowance.check(self._project.owner_id, estimate_ms)
        row = GpuCall.objects.create(
            user_id=self._project.owner_id,
            project=self._project,
            job=self._lease.job,
            key=key,
            attempt=last.attempt + 1 if last else 1,
            task=request.task,
            endpoint=endpoint,
            frames=len(request.images),
            frame_keys=list(frame_keys),
            estimate_ms=estimate_ms,
        )
        return self._record(row)

    def _holding(self, wanted: set[str]) -> list[GpuCall]:
        """The latest attempt of each key that is live or succeeded and holds one of these frames, oldest first.

        Their keys are looked at here: not every database can look into JSON.
        """
        rows = GpuCall.objects.filter(project=self._project).order_by("attempt")
        latest = {key: (pk, held) for pk, key, held in rows.values_list("pk", "key", "frame_keys")}
        holding = [pk for pk, held in latest.values() if wanted.intersection(held)]
        found = GpuCall.objects.filter(pk__in=holding).exclude(status__in=GpuCall.OVER)
        return list(found.order_by("created_at"))

    def _again(self, record: CallRecord) -> CallRecord:
        row = self._row(record)
        row.pk, row.attempt = None, row.attempt + 1
        row.status, row.replaces_uncertain = GpuCall.Status.PREPARED, True
        row.sent_at = row.signalled_at = None
        row._state.adding = True
        row.id = GpuCall._meta.pk.get_default()
        row.save(force_insert=True)
        return self._record(row)

    def _keep(self, result: Result) -> list[dict[str, Any]]:
        """The frames as JSON: stored alphas by name, errors as they are."""
        return [
            {"error": frame} if isinstance(frame, dict) else {"alpha": files.keep(self._project.pk, frame, "png")}
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
            result=_result(row) if row.status == GpuCall.Status.SUCCEEDED else None,
            frame_keys=tuple(row.frame_keys),
        )


def _heard_already(row: GpuCall, values: dict[str, Any]) -> bool:
    """Whether a webhook was quicker than the answer to the send: then the row says already what was to be said, or
    more than that nothing is known."""
    if row.status != GpuCall.Status.SUBMITTED:
        return False
    return values["status"] == GpuCall.Status.UNCERTAIN or values.get("remote_id") == row.remote_id


def _result(row: GpuCall) -> Result:
    frames: list[bytes | FrameError] = [
        kept["error"] if "error" in kept else files.read(kept["alpha"]) for kept in row.results
    ]
    return Result({"model": row.model}, tuple(frames), Timings(row.delay_ms, row.execution_ms))


def _spent(timings: Timings) -> dict[str, Any]:
    """Times and money. RunPod bills from a worker's start; of one call we know its own execution."""
    seconds = Decimal(timings.execution_ms or 0) / 1000
    return {
        "delay_ms": timings.delay_ms,
        "execution_ms": timings.execution_ms,
        "cost_usd": seconds * Decimal(str(settings.GPU_DOLLARS_PER_SECOND)),
    }
