"""Limit request bodies: only known senders may send large ones, only so many at once, and none too slowly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError
from twisted.web.http_headers import Headers

from animations.actions.webhooks import find_call
from animations.models.users.guest import guest_of
from emojiforge.http.error_responses import BUSY, TOO_MANY_BODIES, ErrorResponse

MAX_SMALL_BYTES: Final = 64 * 1024
"""Bytes of a body that are read from anyone: a login form, a little JSON."""
MAX_LARGE_PER_SENDER: Final = 24 // settings.WEB_PROCESSES
"""Larger bodies that one person may send to this process at the same time."""
MAX_LARGE_PER_GUEST: Final = max(1, 2 // settings.WEB_PROCESSES)
"""The same for a guest: an address may have ten of them, who shall not leave others without a place."""
MAX_LARGE: Final = 100 // settings.WEB_PROCESSES
"""Larger bodies that this process receives at the same time: all processes together at most 2.5 GB of disk."""
MAX_LARGE_PER_ADDRESS: Final = MAX_LARGE // 2
"""The same from one address, or network of IPv6, whatever accounts it has."""
BODY_SECONDS: Final = 30.0
MIN_BODY_BYTES_PER_SECOND: Final = 16_000
"""A body may take half a minute, and one more second for each so many bytes that have arrived."""
WEBHOOK_PATH: Final = b"/hooks/gpu/"

_in_flight: Counter[str] = Counter()
_in_flight_by_address: Counter[str] = Counter()


@dataclass(frozen=True)
class Credential:
    """The credential of a request: a session key from its header or cookie, or the signed path of a webhook."""

    session_key: str = ""
    webhook_path: str = ""


@dataclass(frozen=True)
class Sender:
    """The sender of a body, and the number of large bodies that they may send at the same time."""

    key: str
    at_once: int = MAX_LARGE_PER_SENDER


def find_credential(path: bytes, headers: Headers, cookies: Mapping[bytes, bytes]) -> Credential | None:
    """Return the credential of a request, or None for one that the application would refuse whatever its body."""
    token = headers.getRawHeaders(b"X-Session-Token", [b""])[0]
    key = token or cookies.get(settings.SESSION_COOKIE_NAME.encode(), b"")
    if key:
        return Credential(session_key=key.decode("latin-1"))
    return Credential(webhook_path=path.decode("latin-1")) if is_signed_webhook(path) else None


def is_signed_webhook(path: bytes) -> bool:
    """Return whether this is the path of a webhook that we signed."""
    signed = path.removeprefix(WEBHOOK_PATH).strip(b"/").decode("latin-1")
    return path.startswith(WEBHOOK_PATH) and find_call(signed) is not None


async def find_sender(credential: Credential) -> Sender | None:
    """Return the sender of a body, or None where the session does not exist or is nobody's."""
    if credential.webhook_path:
        return Sender(credential.webhook_path)
    try:
        look_up = database_sync_to_async(_sender_of_session, thread_sensitive=False)
        sender: Sender | None = await look_up(credential.session_key)
        return sender
    except ValueError:  # not a key that a database can look up
        return None
    except DatabaseError:
        return Sender(credential.session_key)  # the application answers that it cannot tell


def _sender_of_session(key: str) -> Sender | None:
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if person_id := session.get(SESSION_KEY):
        return Sender(str(person_id))
    guest = guest_of(session)
    return Sender(str(guest.pk), MAX_LARGE_PER_GUEST) if guest else None


def begin_large_body(sender: Sender, address: str) -> ErrorResponse | None:
    """Count a large body, or return the error response for one too many."""
    if _in_flight[sender.key] >= sender.at_once or _in_flight_by_address[address] >= MAX_LARGE_PER_ADDRESS:
        return TOO_MANY_BODIES
    if _in_flight.total() >= MAX_LARGE:
        return BUSY
    _in_flight[sender.key] += 1
    _in_flight_by_address[address] += 1
    return None


def end_large_body(sender: Sender, address: str) -> None:
    """Stop counting a large body, which has arrived or was given up."""
    for counts, key in ((_in_flight, sender.key), (_in_flight_by_address, address)):
        counts[key] -= 1
        if not counts[key]:
            del counts[key]


def seconds_allowed(arrived_bytes: int) -> float:
    """Return how long a body of which so many bytes have arrived may take, from its beginning on."""
    return BODY_SECONDS + arrived_bytes / MIN_BODY_BYTES_PER_SECOND
