"""Tell people apart who come through a proxy."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from animations.networks import read_address


class TrustedProxyMiddleware:
    """Make `REMOTE_ADDR` the address of the person, as `TRUSTED_PROXIES` proxies saw it, as plain IPv4 if it is.

    First of all middleware, so that limits on signing in, throttles and everything else count the same address. Each
    proxy adds the address it was asked from at the end of `X-Forwarded-For`; what stands before those of our own
    proxies anybody may have written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, with the address."""
        passed = _forwarded_for(request) if settings.TRUSTED_PROXIES else ""
        if address := _plain(passed) or _plain(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def _forwarded_for(request: HttpRequest) -> str:
    passed = request.headers.get("X-Forwarded-For", "").split(",")[-settings.TRUSTED_PROXIES :]
    return passed[0].strip().strip("[]")


def _plain(text: str) -> str:
    """Return the address as it is usually written, or "" for something else."""
    try:
        return str(read_address(text))
    except ValueError:
        return ""
