"""The client of the GPU endpoint in the settings."""

from __future__ import annotations

from django.conf import settings

from gpu.call.admission import Breaker
from gpu.call.connection import Webhook
from gpu.call.poll import Signals
from gpu.client import GpuClient
from gpu.ledger import Ledger, MemoryLedger
from gpu.runpod.endpoint import Endpoint
from gpu.runpod.policy import CallPolicy


def new_client(
    ledger: Ledger | None = None,
    *,
    policy: CallPolicy | None = None,
    breaker: Breaker | None = None,
    webhook: Webhook | None = None,
    signals: Signals | None = None,
) -> GpuClient:
    """Make a client; without a ledger its calls are written down for as long as the process lives."""
    url = f"{settings.RUNPOD_BASE_URL.rstrip('/')}/{settings.RUNPOD_ENDPOINT_ID}"
    endpoint = Endpoint(url, settings.RUNPOD_API_KEY, policy)
    return GpuClient(endpoint, ledger or MemoryLedger(), breaker=breaker, webhook=webhook, signals=signals)
