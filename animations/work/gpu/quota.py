"""Reserve each person's GPU time of a day before it is spent."""

from __future__ import annotations

from typing import Any

from animations.models.quota import QUOTA_EXCEEDED, limits_of, usage_today
from animations.models.users.lock import lock_person
from gpu.errors import CallNotAllowed


class QuotaExceeded(CallNotAllowed):
    """The call would go over its user's limit for the day. Nothing was sent.

    Room is asked for call by call, in the order in which they are sent: one that fits goes out whole, and one that
    does not is not cut into smaller ones until the last second is used; its frames say that the day is used up.
    """

    code = "limit_reached"


def require_room(user_id: Any, estimate_ms: int) -> None:
    """Require, inside the transaction that writes the call's row, that the day has room for it.

    Locks the user's row, so that two runs of one person cannot both take the last seconds. Raises `QuotaExceeded`.
    """
    lock_person(user_id)
    if usage_today(user_id).committed_ms + estimate_ms > limits_of(user_id).gpu_ms:
        raise QuotaExceeded(QUOTA_EXCEEDED)
