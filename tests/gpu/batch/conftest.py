from __future__ import annotations

import pytest

from gpu.client import GpuClient
from gpu.ledger import MemoryLedger
from tests.gpu.batch.harness import (
    Desk,
    Stuck,
    answer,
)


@pytest.fixture
def runpod() -> Stuck:
    return Stuck(outcome=answer)


@pytest.fixture(autouse=True)
def looks_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery waits on the real clock, while the client's questions follow one another without a pause."""
    monkeypatch.setattr("gpu.batch.delivery.HEDGE_RECHECK", 0.05)


@pytest.fixture
def desk(client: GpuClient, ledger: MemoryLedger) -> Desk:
    return Desk(client, ledger)
