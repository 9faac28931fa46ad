"""Serve `/metrics` to Prometheus, from this machine or with the token in the settings."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from animations.web.metrics_collector import RowCollector

PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded")


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with counts and sums of all work, which name no person and no project."""
    if not _may_read(request):
        refusal = "Ask from this machine, or with “Authorization: Bearer …” and the METRICS_TOKEN of the settings."
        return HttpResponse(refusal, status=403, content_type="text/plain; charset=utf-8")
    registry = CollectorRegistry()
    registry.register(RowCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    return _is_from_here(request)


def _is_from_here(request: HttpRequest) -> bool:
    """Return whether the request comes from this machine itself, not through a proxy on it."""
    if any(header in request.headers for header in PROXY_HEADERS):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
