"""Answers of the server itself, to requests that never reach the application."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse

from animations import outages
from animations.web.errors import API_PATH


def is_api(path: bytes) -> bool:
    """Return whether a request's path is one of the API's."""
    return path.startswith(API_PATH.encode())


@dataclass(frozen=True)
class ErrorResponse:
    """An answer of the server: in the API's shape of errors for its paths, else in plain words."""

    status: HTTPStatus
    code: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)

    def encode(self, path: bytes) -> bytes:
        """Write the whole HTTP response, which ends its connection."""
        body, kind = self._content(path)
        own = {"Connection": "close", "Content-Type": kind, "Content-Length": str(len(body))}
        lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}"]
        lines += [f"{name}: {value}" for name, value in (own | self.headers).items()]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def django_response(self, path: str) -> HttpResponse:
        """Return the same as Django's response, which does not end the connection."""
        body, kind = self._content(path.encode())
        return HttpResponse(body, status=self.status, content_type=kind, headers=self.headers)

    def _content(self, path: bytes) -> tuple[bytes, str]:
        if is_api(path):
            return self._error(), "application/json"
        return self.detail.encode(), "text/plain; charset=utf-8"

    def _error(self) -> bytes:
        kind = "server_error" if self.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "client_error"
        error = {"code": self.code, "detail": self.detail, "attr": None}
        return json.dumps({"type": kind, "errors": [error]}).encode()


AMBIGUOUS_LENGTH = ErrorResponse(
    HTTPStatus.BAD_REQUEST, "two_lengths", "The request says its length in two ways. Send one."
)
TOO_LARGE = ErrorResponse(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_large",
    f"This is too large to send: at most {settings.REQUEST_MAX_BYTES // 1_000_000} MB are read.",
)
NOT_SIGNED_IN = ErrorResponse(
    HTTPStatus.UNAUTHORIZED,
    "not_authenticated",
    "Authentication credentials were not provided.",
    {"WWW-Authenticate": 'X-Session-Token realm="EmojiForge"'},
)
TOO_LARGE_UNAUTHENTICATED = ErrorResponse(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "This is too large to send without signing in."
)
TOO_SLOW = ErrorResponse(
    HTTPStatus.REQUEST_TIMEOUT, "too_slow", "The request came too slowly and was given up. Please send it again."
)
TOO_MANY_BODIES = ErrorResponse(
    HTTPStatus.TOO_MANY_REQUESTS,
    "throttled",
    "You are sending too much at once. Try again when some of it has arrived.",
    {"Retry-After": "5"},
)
BUSY = ErrorResponse(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "busy",
    "Very many uploads are under way. Please try again in a moment.",
    {"Retry-After": "10"},
)
TOO_MANY_REQUESTS = ErrorResponse(
    HTTPStatus.TOO_MANY_REQUESTS,
    "throttled",
    "You are asking for too much at once. Try again when some of it is done.",
    {"Retry-After": "5"},
)
OVERLOADED = ErrorResponse(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "busy",
    "Very many people are asking at once. Please try again in a moment.",
    {"Retry-After": "5"},
)
DISK_FULL = ErrorResponse(
    HTTPStatus(outages.DISK_FULL.status),
    outages.DISK_FULL.code,
    outages.DISK_FULL.detail,
    {"Retry-After": str(outages.DISK_FULL.retry_after)},
)
