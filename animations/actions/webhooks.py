"""Record what the GPU endpoint's webhook says: a job has ended."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from animations.models import GpuCall
from animations.models.gpu.webhook_signature import read_webhook_signature

ENDED: Final = frozenset({"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"})
"""RunPod's words for it; a test compares them with those of `gpu`, which no action may import."""


def find_call(signed: str) -> UUID | None:
    """Return the call that a webhook's address belongs to, or None if we have not signed it."""
    return read_webhook_signature(signed)


def record_report(call_id: UUID, status: str, remote_id: str) -> None:
    """Note that the remote job of a call has ended. A message about a job that goes on changes nothing."""
    if status in ENDED:
        GpuCall.objects.record_completion(call_id, remote_id)
