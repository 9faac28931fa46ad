"""Limit how often one person may ask, by counters per minute in the cache; without the cache nobody is refused."""

from __future__ import annotations

import time
from typing import Any, Final, Literal

from django.core.cache import cache
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

WINDOW: Final = 60
"""Seconds."""

Scope = Literal["read", "write", "spend"]


class PerMinuteThrottle(BaseThrottle):
    """Count requests by person, minute and scope: `read`, `write`, or `spend` for a POST that uses a worker.

    Rates are those of the setting `DEFAULT_THROTTLE_RATES`, as "60/min". A view that spends says `spends = True`.
    """

    def __init__(self) -> None:
        self._left = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request; return whether it is within the rate."""
        scope = scope_of(request, view)
        now = time.time()
        self._left = WINDOW - now % WINDOW
        return _count(f"throttle:{scope}:{self._identify(request)}:{int(now // WINDOW)}") <= rate_limit(scope)

    def wait(self) -> float:
        """Return the seconds until the next minute begins, at least one."""
        return max(1.0, self._left)

    def _identify(self, request: Request) -> str:
        return f"user-{request.user.pk}" if request.user.is_authenticated else str(self.get_ident(request))


def scope_of(request: Request, view: Any) -> Scope:
    """Return the scope whose rate applies to this request."""
    if request.method in SAFE_METHODS:
        return "read"
    return "spend" if request.method == "POST" and getattr(view, "spends", False) else "write"


def rate_limit(scope: Scope) -> int:
    """Return the requests a minute that a scope allows."""
    return int(str(api_settings.DEFAULT_THROTTLE_RATES[scope]).partition("/")[0])


def _count(key: str) -> int:
    try:
        cache.add(key, 0, 2 * WINDOW)
        return cache.incr(key)
    except ValueError:  # the counter was emptied between the two lines, or the cache is away
        return 0
