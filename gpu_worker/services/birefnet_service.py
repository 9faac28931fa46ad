"""BiRefNet: a place that the next release fills."""

from __future__ import annotations

from gpu_worker.services.absent import AbsentService


def load() -> AbsentService:
    """The service that answers `birefnet`."""
    return AbsentService("BiRefNet arrives in the next release")
