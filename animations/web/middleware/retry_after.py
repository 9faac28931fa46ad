"""Add `Retry-After` to responses of rate limits."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

from allauth.account import app_settings
from allauth.core.internal.ratelimit import Rate, get_cache_key, get_rates
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase

APP: Final = "allauth.account"
DEFAULT_SECONDS: Final = 60
"""Where it is not known: most rates of account views are per minute."""


class RetryAfterMiddleware:
    """Add `Retry-After` to every 429 that has none: those of allauth's views, which do not say when they end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response with the header."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and not response.has_header("Retry-After"):
            response.headers["Retry-After"] = str(_seconds_until_allowed(request))
        return response


def _seconds_until_allowed(request: HttpRequest) -> int:
    """Return when the client has room again in all rates that they have used up."""
    rates = dict(_rates(request))
    histories = cache.get_many(rates).items()
    waits = [_wait(rates[key], history) for key, history in histories if len(history) >= rates[key].amount]
    return max(1, math.ceil(max(waits, default=DEFAULT_SECONDS)))


def _wait(rate: Rate, history: list[float]) -> float:
    """Return the seconds until the oldest of the requests that count is over; the latest comes first."""
    return float(history[rate.amount - 1] + rate.duration - time.time())


def _rates(request: HttpRequest) -> Iterator[tuple[str, Rate]]:
    """Yield the rates by which this client is counted, with the keys of the cache at which their requests are."""
    for action in app_settings.RATE_LIMITS:
        for rate in get_rates(app=APP, action=action):
            if rate.per == "ip" or (rate.per == "user" and request.user.is_authenticated):
                yield get_cache_key(request, app=APP, action=action, rate=rate), rate
