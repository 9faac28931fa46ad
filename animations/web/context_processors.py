"""Add to the context of every template."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def mail(request: HttpRequest) -> dict[str, bool]:  # noqa: ARG001  (Django passes it)
    """Add `sends_mail`: whether mail of this server reaches anybody."""
    return {"sends_mail": settings.SENDS_MAIL}
