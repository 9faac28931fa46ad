"""Refuse JSON that cannot be read for the views that do not check it themselves."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase


class RefuseUnreadableJson:
    """Answer 400 where a view failed over JSON that is nested too deeply, or has too long a number.

    Python raises `RecursionError` and a plain `ValueError` for these. REST framework's parser sees to its own
    (`animations.api.parsers`), the views for signing in do not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the refusal, or None where the view failed over something else."""
        if isinstance(exception, RecursionError | ValueError) and _is_unreadable(request):
            return HttpResponseBadRequest("This JSON cannot be read.", content_type="text/plain; charset=utf-8")
        return None


def _is_unreadable(request: HttpRequest) -> bool:
    if request.content_type != "application/json":
        return False
    try:
        json.loads(request.body)
    except (ValueError, RecursionError):
        return True
    return False
