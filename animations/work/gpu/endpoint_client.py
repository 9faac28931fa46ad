"""Make the client of the GPU endpoint in the settings."""

from __future__ import annotations

import time

from django.conf import settings

from animations.work.gpu.breaker_state import RowBreaker
from animations.work.gpu.row_ledger import RowLedger
from animations.work.gpu.webhook_signals import RowSignals
from animations.work.lease import Lease
from gpu.client import GpuClient
from gpu.ledger import MemoryLedger
from gpu.runpod.endpoint import Endpoint
from gpu.runpod.policy import CallPolicy


def make_client(policy: CallPolicy | None = None) -> GpuClient:
    """Make a client for calls that nobody is charged for: they are written down for as long as it lives."""
    return GpuClient(_endpoint(policy), MemoryLedger())


def make_job_client(lease: Lease) -> GpuClient:
    """Make a client for a job: its calls are kept in rows, and the endpoint may tell us of their ends."""
    ledger = RowLedger(lease)
    away_until = time.time() if lease.job.waiting_since else 0.0
    if not settings.PUBLIC_URL:
        return GpuClient(_endpoint(), ledger, breaker=RowBreaker(), away_until=away_until)
    signals = RowSignals(lease)
    return GpuClient(
        _endpoint(), ledger, breaker=RowBreaker(), webhook=ledger.webhook, signals=signals, away_until=away_until
    )


def _endpoint(policy: CallPolicy | None = None) -> Endpoint:
    url = f"{settings.RUNPOD_BASE_URL.rstrip('/')}/{settings.RUNPOD_ENDPOINT_ID}"
    return Endpoint(url, settings.RUNPOD_API_KEY or settings.LOCAL_GPU_KEY, policy)
