"""Answer 304 to a client that names the state which it has already."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from django.utils.http import parse_etags
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

IF_NONE_MATCH: Final = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The `ETag` of the answer that you have."
)


def etag_of(payload: Any) -> str:
    """Return the entity tag of a payload in its language: weak, since it may be sent compressed or not."""
    return f'W/"{hashlib.sha256(json.dumps([payload, get_language()]).encode()).hexdigest()[:32]}"'


def has_latest(request: Request, etag: str) -> bool:
    """Return whether the client has the state of this tag (RFC 9110, 13.1.2)."""
    return etag in parse_etags(request.headers.get("If-None-Match", ""))
