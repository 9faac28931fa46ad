from __future__ import annotations

import pytest

from gpu.client import GpuClient
from gpu.ledger import MemoryLedger
from tests.gpu.batch.harness import (
    DeliveryHarness,
    PartlyStuckRunpod,
    alphas_of_images,
)


@pytest.fixture
def runpod() -> PartlyStuckRunpod:
    return PartlyStuckRunpod(outcome=alphas_of_images)


@pytest.fixture(autouse=True)
def short_hedge_recheck(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pause: a delivery waits on the real clock, and the client's questions come without a pause."""
    monkeypatch.setattr("gpu.batch.hedging.RECHECK_S", 0.05)


@pytest.fixture
def harness(client: GpuClient, ledger: MemoryLedger) -> DeliveryHarness:
    return DeliveryHarness(client, ledger)
