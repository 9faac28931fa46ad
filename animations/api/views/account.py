"""Show the caller's own GPU use, issue tickets for the socket, and admit guests."""

from __future__ import annotations

from typing import Any, TypedDict

from django.contrib.sessions.backends.base import SessionBase
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions import tickets
from animations.actions.quota import usage_payload
from animations.actions.users.guests import create_guest
from animations.api.authentication import BrowserSessionAuthentication
from animations.api.schema import serializer_of
from animations.api.views.base import ApiView, user_of
from animations.models import Guest
from animations.models.users.guest import KEPT, SESSION_KEY
from animations.payloads import Time, UsagePayload, format_time


class TicketPayload(TypedDict):
    """A new ticket."""

    ticket: str


class Usage(ApiView):
    """The caller's GPU seconds and money spent today, and the limit."""

    @extend_schema(operation_id="usage_retrieve", responses=serializer_of(UsagePayload))
    def get(self, request: Request) -> Response:
        """Show the GPU seconds and money that you have spent today, and your limit."""
        return Response(usage_payload(user_of(request)))


class Tickets(ApiView):
    """Tickets for clients that cannot send a cookie with a socket's handshake."""

    @extend_schema(operation_id="tickets_create", request=None, responses={201: serializer_of(TicketPayload)})
    def post(self, request: Request) -> Response:
        """Issue a ticket for one socket: `?ticket=`, once, within 30 seconds."""
        ticket = tickets.issue(user_of(request), _session_key(request))
        return Response({"ticket": ticket}, status=status.HTTP_201_CREATED)


class GuestPayload(TypedDict):
    """A guest; None for somebody who has an account."""

    kept_until: Time | None


GUEST = serializer_of(GuestPayload)


class Guests(ApiView):
    """Guests: who tries it without an account, in one browser."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="guests_create", request=None, responses={200: GUEST, 201: GUEST})
    def post(self, request: Request) -> Response:
        """Make the caller's browser session a guest's, who may do what others may, in narrow limits.

        Signing up or logging in in the same session keeps all that the guest has made. 200 for who is signed in, or a
        guest already.
        """
        if request.user.is_authenticated:
            return Response(_guest_payload(request.user))
        BrowserSessionAuthentication().enforce_csrf(request)
        guest = create_guest(request.META.get("REMOTE_ADDR", ""))
        request.session[SESSION_KEY] = guest.pk
        request.session.set_expiry(KEPT)
        return Response(_guest_payload(guest), status=status.HTTP_201_CREATED)


def _guest_payload(user: Any) -> GuestPayload:
    guest = Guest.objects.filter(user=user).first()
    return {"kept_until": format_time(guest.created_at + KEPT) if guest else None}


def _session_key(request: Request) -> str:
    """Return the session that vouches for the caller: the app's, which its token named, or the browser's."""
    session = request.auth if isinstance(request.auth, SessionBase) else request.session
    return session.session_key or ""
