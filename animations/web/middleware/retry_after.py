"""Add `Retry-After` to responses of rate limits."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponseBase

DEFAULT_SECONDS: Final = "60"
"""Rates of account views are per minute; allauth does not say when they end."""


class RetryAfterMiddleware:
    """Add `Retry-After` to every 429 that has none: those of the views for signing in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response with the header."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers.setdefault("Retry-After", DEFAULT_SECONDS)
        return response
