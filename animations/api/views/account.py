"""Show the caller's own GPU use, and issue tickets for the socket."""

from __future__ import annotations

from typing import TypedDict

from django.contrib.sessions.backends.base import SessionBase
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions import tickets
from animations.actions.quota import usage_payload
from animations.api.schema import serializer_of
from animations.api.views.base import ApiView, user_of
from animations.payloads import UsagePayload


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


def _session_key(request: Request) -> str:
    """Return the session that vouches for the caller: the app's, which its token named, or the browser's."""
    session = request.auth if isinstance(request.auth, SessionBase) else request.session
    return session.session_key or ""
