"""Tickets for one socket each: random, single use, gone after half a minute. For clients that send no cookie."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache

LIFETIME_SECONDS: Final = 30
MAX_LENGTH: Final = 100
"""Characters; what is longer is no ticket of ours."""


@dataclass(frozen=True, slots=True)
class TicketHolder:
    """The user of a ticket, and the session in which it was issued ("" where there is none)."""

    user_id: int
    session_key: str


def issue(user: AbstractBaseUser, session_key: str = "") -> str:
    """Issue a ticket for `user`. It lasts no longer than the session."""
    ticket = secrets.token_urlsafe(32)
    cache.set(_key(ticket), {"user": user.pk, "session": session_key}, LIFETIME_SECONDS)
    return ticket


def redeem(ticket: str) -> TicketHolder | None:
    """Return the ticket's holder the first time, and None from then on."""
    if not 0 < len(ticket) <= MAX_LENGTH:
        return None
    key = _key(ticket)
    stored = cache.get(key)
    # Of several that read it at once only one finds it still there to delete.
    if stored is None or not cache.delete(key):
        return None
    return TicketHolder(stored["user"], stored["session"])


def _key(ticket: str) -> str:
    return f"ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"
