"""Keep what the API says to one person out of every cache."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from animations.web.errors import JSON_PATHS

WHO_ASKS = ("Cookie", "X-Session-Token")
"""The headers that a JSON answer depends on."""


class PrivateJsonMiddleware:
    """Forbid caches to store an answer of the API that says nothing of them itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer with `Cache-Control` and `Vary`."""
        response = self.get_response(request)
        if request.path.startswith(JSON_PATHS):
            response.headers.setdefault("Cache-Control", "no-store")
            patch_vary_headers(response, WHO_ASKS)
        return response
