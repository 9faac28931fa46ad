"""Segment Anything 2: a place that the next release fills."""

from __future__ import annotations

from gpu_worker.services.absent import AbsentService


def load() -> AbsentService:
    """The service that answers `sam` and `sam_clip`."""
    return AbsentService("SAM 2 arrives in the next release")
