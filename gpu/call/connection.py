"""The objects that all calls to one endpoint share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gpu.call.breaker_port import Breaker
from gpu.call.poll import Signals
from gpu.clock import Clock
from gpu.ledger import CallRecord, Ledger
from gpu.runpod.endpoint import Endpoint

Webhook = Callable[[CallRecord], str]
"""The public address (signed, for this call alone) at which the endpoint may tell that its job has ended; or ""."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An endpoint, the ledger in which its calls are written down, and the breaker that guards it.

    `webhook` and `signals` let the endpoint tell that a job has ended; it is asked all the same.
    """

    endpoint: Endpoint
    ledger: Ledger
    breaker: Breaker
    clock: Clock
    webhook: Webhook | None = None
    signals: Signals | None = None
