"""Tell people apart who come through a proxy."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class TrustedProxyMiddleware:
    """Make `REMOTE_ADDR` the address of the person, as `TRUSTED_PROXIES` proxies saw it.

    First of all middleware, so that limits on signing in, throttles and everything else count the same address. Each
    proxy adds the address it was asked from at the end of `X-Forwarded-For`; what stands before those of our own
    proxies anybody may have written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, with the address."""
        if settings.TRUSTED_PROXIES and (address := _forwarded_for(request)):
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def _forwarded_for(request: HttpRequest) -> str | None:
    """Return the address, or None where the header is missing or holds something else."""
    passed = request.headers.get("X-Forwarded-For", "").split(",")[-settings.TRUSTED_PROXIES :]
    try:
        return str(ipaddress.ip_address(passed[0].strip().strip("[]")))
    except ValueError:
        return None
