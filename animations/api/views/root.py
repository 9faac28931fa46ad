"""Serve the API's index and its description."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from animations.api.views.base import ApiView

INDEX_ROUTES: Final = (
    "presets",
    "motions-read",
    "platforms",
    "engines",
    "projects",
    "sets",
    "usage",
    "tickets",
    "guests",
    "schema",
    "docs",
)

DOCS_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class ApiRoot(ApiView):
    """The API's index."""

    permission_classes = [AllowAny]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """List the API's addresses."""
        return Response({name: request.build_absolute_uri(reverse(f"api:{name}")) for name in INDEX_ROUTES})


class Schema(SpectacularAPIView):
    """The API in OpenAPI 3, rendered once per process: it is the same for everybody, and takes a while."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *_args: object, **_kwargs: object) -> HttpResponse:
        """Return the description in the format that was asked for."""
        renderer: Any = type(request.accepted_renderer)
        return HttpResponse(_render_schema(renderer), content_type=request.accepted_media_type)


@cache
def _render_schema(renderer: Callable[[], BaseRenderer]) -> bytes | str:
    generator: Any = Schema.generator_class()
    return renderer().render(generator.get_schema(public=True), renderer_context={})


class Docs(SpectacularSwaggerSplitView):
    """The description as a page, to read and to try.

    Its start-up script is a request of its own: the site's policy allows no inline script. Swagger UI does style
    itself inline, which the policy of this page alone permits.
    """

    url_name = "api:schema"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Return the page with its own policy."""
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        response.headers["Content-Security-Policy"] = DOCS_CSP
        return response
