"""Refuse requests that cannot be decoded, before a view reads them."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from animations import strict_json
from animations.translation import translated
from animations.web.errors import ALLAUTH_PATH, API_PATH

UTF8_CODECS: Final = ("utf-8", "ascii")


@dataclass(frozen=True, slots=True)
class UnreadableRequest(Exception):
    """A request that cannot be decoded: HTTP status, code and message of the response."""

    status: int
    code: str
    detail: str


class ReadableRequestMiddleware:
    """Answer 415 to another encoding than UTF-8, and 400 to text that cannot be stored.

    allauth's views accept any content type and fail on text that is not JSON, and a page on another site may send
    text/plain without a preflight. Here they accept only JSON, by the rules of the API's parser
    (`animations.api.parsers`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or refuse it."""
        try:
            _check_text(request)
            if request.path.startswith(ALLAUTH_PATH):
                _check_json(request)
        except UnreadableRequest as refusal:
            return _error_response(request, refusal)
        return self.get_response(request)


def _check_text(request: HttpRequest) -> None:
    if (named := (request.content_params or {}).get("charset")) and not _is_utf8(named):
        raise UnreadableRequest(415, "unsupported_media_type", "Send text as UTF-8.")
    if any("\0" in value for value in _header_values(request)):
        raise UnreadableRequest(400, "parse_error", "The request cannot be read.")


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name in UTF8_CODECS
    except (LookupError, ValueError):
        return False


def _header_values(request: HttpRequest) -> Iterator[str]:
    yield request.headers.get("X-Session-Token", "")
    yield from request.COOKIES.values()


def _check_json(request: HttpRequest) -> None:
    if not request.body:
        return
    if request.content_type != "application/json":
        raise UnreadableRequest(415, "unsupported_media_type", "Send JSON, as application/json.")
    try:
        strict_json.loads(request.body)
    except strict_json.UnreadableJson as error:
        raise UnreadableRequest(400, "parse_error", str(error)) from error


def _error_response(request: HttpRequest, refusal: UnreadableRequest) -> HttpResponse:
    detail = translated(refusal.detail)
    if request.path.startswith(ALLAUTH_PATH):  # allauth has its own shape of errors
        errors = [{"code": refusal.code, "message": detail}]
        return JsonResponse({"status": refusal.status, "errors": errors}, status=refusal.status)
    if request.path.startswith(API_PATH):
        error = {"code": refusal.code, "detail": detail, "attr": None}
        return JsonResponse({"type": "client_error", "errors": [error]}, status=refusal.status)
    return HttpResponse(detail, "text/plain; charset=utf-8", refusal.status)
