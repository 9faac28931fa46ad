"""Tickets for one socket each: signed, single use, gone after half a minute. For clients that send no cookie."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.core.cache import cache

LIFETIME_SECONDS: Final = 30
_SALT: Final = "animations.tickets"
MAX_LENGTH: Final = 300
"""Characters; what is longer is no ticket of ours."""


@dataclass(frozen=True, slots=True)
class TicketHolder:
    """The user of a ticket, and the session in which it was issued ("" where there is none)."""

    user_id: int
    session_key: str


def issue(user: AbstractBaseUser, session_key: str = "") -> str:
    """Issue a ticket for `user`. It lasts no longer than the session."""
    return signing.dumps([user.pk, session_key, secrets.token_urlsafe(12)], salt=_SALT)


def redeem(ticket: str) -> TicketHolder | None:
    """Return the ticket's holder the first time, and None from then on.

    That it was used is noted in the cache. While the cache is away a ticket only runs out.
    """
    if not 0 < len(ticket) <= MAX_LENGTH:
        return None
    try:
        user_id, session_key, _ = signing.loads(ticket, salt=_SALT, max_age=LIFETIME_SECONDS)
    except signing.BadSignature:
        return None
    # Of several that come at once only one is the first to note it.
    if not cache.add(_key(ticket), 1, 2 * LIFETIME_SECONDS):
        return None
    return TicketHolder(user_id, session_key)


def _key(ticket: str) -> str:
    return f"ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"
