"""The address of a GPU call's webhook: it carries the call's id, signed, so that nobody else can report one."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer

_signer: Final = Signer(salt="animations.gpu-hook")


def webhook_path(call_id: UUID) -> str:
    """Return the path that the endpoint calls when the call's job ends: `/hooks/gpu/<call id>:<signature>/`."""
    return f"/hooks/gpu/{_signer.sign(call_id.hex)}/"


def read_webhook_signature(signed: str) -> UUID | None:
    """Return the id of the call that a webhook's path names, or None if we have not signed it (constant time)."""
    try:
        return UUID(_signer.unsign(signed))
    except (BadSignature, ValueError):
        return None
