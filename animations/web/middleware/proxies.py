"""Tell people apart who come through a proxy."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from animations.networks import client_address


class TrustedProxyMiddleware:
    """Make `REMOTE_ADDR` the address of the person, as `TRUSTED_PROXIES` proxies saw it.

    First of all middleware, so that limits on signing in, throttles and everything else count the same address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, with the address."""
        peer, forwarded_for = request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", "")
        if address := client_address(peer, forwarded_for):
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)
