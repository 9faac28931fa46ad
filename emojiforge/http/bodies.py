"""Decide how much of a request's body is read, from its headers alone, and count the large ones under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from django.conf import settings
from twisted.web.http_headers import Headers

from animations.actions.webhooks import find_call
from emojiforge.http.refusals import BUSY, TOO_MANY_BODIES, Refusal

SMALL: Final = 64 * 1024
"""Bytes of a body that are read from anybody: a form to sign in, a few words of JSON."""
PER_SENDER: Final = 24
"""Larger bodies that one session may send at once."""
AT_ONCE: Final = 100
"""Larger bodies that one process takes in at once: at most 2.5 GB of disk."""
HOOKS: Final = b"/hooks/gpu/"

_under_way: Counter[bytes] = Counter()


def find_sender(path: bytes, headers: Headers, cookies: Mapping[bytes, bytes]) -> bytes | None:
    """Return the credential that a request shows, unproven: a session's cookie or token, or a webhook's signature.

    None for a request without one: the application would refuse it, whatever is in its body.
    """
    token = headers.getRawHeaders(b"X-Session-Token", [b""])[0]
    cookie = cookies.get(settings.SESSION_COOKIE_NAME.encode(), b"")
    return token or cookie or (path if is_signed_hook(path) else None)


def is_signed_hook(path: bytes) -> bool:
    """Return whether this is the address of a webhook that we have made ourselves."""
    signed = path.removeprefix(HOOKS).strip(b"/").decode("latin-1")
    return path.startswith(HOOKS) and find_call(signed) is not None


def begin_large(sender: bytes) -> Refusal | None:
    """Count a large body, or return why it is refused."""
    if _under_way[sender] >= PER_SENDER:
        return TOO_MANY_BODIES
    if _under_way.total() >= AT_ONCE:
        return BUSY
    _under_way[sender] += 1
    return None


def end_large(sender: bytes) -> None:
    """Count a large body no longer: it has arrived, or never will."""
    _under_way[sender] -= 1
    if not _under_way[sender]:
        del _under_way[sender]
