"""What the GPU endpoint may tell us unasked: that a call's job has ended.

The address of a call is its primary key with our signature. News is a reason to look, never an answer: the run that
waits asks the endpoint itself. So a lost, late, doubled or untrue message costs one question and no more.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils import timezone

from animations.models.gpu import GpuCall

_signer: Final = Signer(salt="animations.gpu-hook")
REMOTE_ID: Final = re.compile(r"[\w-]{1,100}", re.ASCII)
"""What an id of a remote job may look like: it becomes part of addresses that we ask."""


def path(call_id: UUID) -> str:
    """A call's address below that of the site: `/hooks/gpu/<hex of its key>:<signature>/`."""
    return f"/hooks/gpu/{_signer.sign(call_id.hex)}/"


def read_signed(signed: str) -> UUID | None:
    """The call that an address is of; None when we have not signed it. Compared in constant time."""
    try:
        return UUID(_signer.unsign(signed))
    except (BadSignature, ValueError):
        return None


def hear(call_id: UUID, remote_id: str) -> None:
    """A call's job has ended, it is said. Saying so twice, or of a call that is over, changes nothing more.

    sending or uncertain → submitted, when the message names the job of a send whose answer never came.
    """
    call = GpuCall.objects.filter(pk=call_id)
    if REMOTE_ID.fullmatch(remote_id):
        unanswered = call.filter(status__in=(GpuCall.Status.SENDING, GpuCall.Status.UNCERTAIN), remote_id="")
        unanswered.update(status=GpuCall.Status.SUBMITTED, remote_id=remote_id)
    call.filter(signalled_at__isnull=True).update(signalled_at=timezone.now())
