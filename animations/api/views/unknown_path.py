"""Answer 404 for the addresses below the API's that are none."""

from __future__ import annotations

from django.urls import Resolver404, resolve
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from animations.api.views.base import ApiView


@extend_schema(exclude=True)
class UnknownPath(ApiView):
    """Answer 404 in the API's own shape, for every address below it that is not one."""

    permission_classes = [AllowAny]
    authentication_classes: list[type] = []

    def initial(self, request: Request, *_args: object, **_kwargs: object) -> None:
        """Raise `NotFound` before anything else is done."""
        raise NotFound(_suggest_slash(request.path))


def _suggest_slash(path: str) -> str | None:
    if path.endswith("/"):
        return None
    try:
        found = resolve(f"{path}/")
    except Resolver404:
        return None
    return None if found.url_name == "unknown-path" else f"Not found. Did you mean {path}/ ?"
