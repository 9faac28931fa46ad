"""Keep JSON responses, which are for one person, out of all caches."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from animations.web.errors import JSON_PATHS

CREDENTIAL_HEADERS = ("Cookie", "X-Session-Token")
"""The request headers that a JSON response depends on."""


class PrivateJsonMiddleware:
    """Add `no-store` and `Vary` to JSON responses without `Cache-Control` of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response with `Cache-Control` and `Vary`."""
        response = self.get_response(request)
        if request.path.startswith(JSON_PATHS):
            response.headers.setdefault("Cache-Control", "no-store")
            patch_vary_headers(response, CREDENTIAL_HEADERS)
        return response
