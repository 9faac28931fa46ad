"""Answer a request that no view could: an outage says what it is, anything else is an error of ours."""

from __future__ import annotations

import sys
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.defaults import server_error as default_server_error

from animations.outages import Outage, find_outage
from animations.translation import translated

API_PATH: Final = "/api/"
ALLAUTH_PATH: Final = "/_allauth/"
JSON_PATHS: Final = (API_PATH, ALLAUTH_PATH)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer in place of Django's own page for 500: while an outage lasts, with its status and `Retry-After`."""
    error = sys.exc_info()[1]
    outage = find_outage(error) if error else None
    if outage is None:
        return default_server_error(request)
    response = _answer(request, outage)
    response["Retry-After"] = str(outage.retry_after)
    return response


def _answer(request: HttpRequest, outage: Outage) -> HttpResponse:
    if request.path.startswith(JSON_PATHS):
        errors = [{"code": outage.code, "detail": translated(outage.detail), "attr": None}]
        return JsonResponse({"type": "server_error", "errors": errors}, status=outage.status)
    return render(None, "outage.html", {"outage": outage}, status=outage.status)
