"""The Content Security Policy: pages load only from this site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

CSP_HEADER: Final = "Content-Security-Policy"
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FILE_POLICY: Final = "default-src 'none'; sandbox"
"""For files that people uploaded or made: shown on their own they may not run or load anything."""


class ContentSecurityPolicyMiddleware:
    """Add the policy to every response that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response with the header."""
        response = self.get_response(request)
        response.headers.setdefault(CSP_HEADER, POLICY)
        return response
