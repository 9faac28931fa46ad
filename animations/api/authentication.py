"""Tell who is asking: an app with a session token, or a browser with its session cookie and a CSRF token."""

from __future__ import annotations

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from animations.models.users.guest import guest_of


class SessionTokenAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]
    """Accept the header `X-Session-Token` of allauth's app client. Naming a scheme makes "not signed in" a 401."""

    def authenticate_header(self, _request: Request) -> str:
        """Return the value of `WWW-Authenticate`."""
        return 'X-Session-Token realm="EmojiForge"'


class BrowserSessionAuthentication(SessionAuthentication):
    """Accept the session cookie; a request that changes something needs a CSRF token too, else it is 403.

    Who is not signed in may be the session's guest.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return who is signed in, or the guest; None for nobody. Raises `PermissionDenied` without the token."""
        found = super().authenticate(request)
        if found is None and (guest := guest_of(request._request.session)):
            self.enforce_csrf(request)
            return guest, None
        return found


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describe the header in OpenAPI."""

    target_class = SessionTokenAuthentication
    name = "sessionToken"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        """Return the scheme as OpenAPI writes it."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": (
                "`meta.session_token` in the answer of `POST /_allauth/app/v1/auth/login`, or of `…/signup`, "
                'with `{"email", "password"}`.'
            ),
        }


class BrowserSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """Describe the cookie in OpenAPI."""

    target_class = BrowserSessionAuthentication  # type: ignore[assignment]
    name = "browserSession"
