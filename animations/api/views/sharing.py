"""Share an emoji by a private link."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.projects.share import share, stop_sharing
from animations.api.schema import serializer_of
from animations.api.serializers.projects import ShareSerializer
from animations.api.views.base import ApiView, get_editable_project
from animations.models.people.share_link import ShareLink
from animations.payloads import Time, format_time


class ShareLinkPayload(TypedDict):
    """The private link of an emoji; None where there is none."""

    url: str | None
    expires_at: Time | None


LINK = serializer_of(ShareLinkPayload)


class Share(ApiView):
    """The private link of an emoji."""

    serializer_class = ShareSerializer

    @extend_schema(operation_id="share_retrieve", responses=LINK)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Show the link by which an emoji is shared."""
        project = get_editable_project(request, project_id)
        return Response(_payload(request, ShareLink.objects.filter(project=project).first()))

    @extend_schema(operation_id="share_create", request=ShareSerializer, responses=LINK)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Make a link, by which anybody sees the emoji and downloads its files. One from before ends."""
        project = get_editable_project(request, project_id)
        link = share(project, self.validated(request).validated_data["days"])
        return Response(_payload(request, link))

    @extend_schema(operation_id="share_delete", responses={204: None})
    def delete(self, request: Request, project_id: UUID) -> Response:
        """End the link at once."""
        stop_sharing(get_editable_project(request, project_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _payload(request: Request, link: ShareLink | None) -> ShareLinkPayload:
    if link is None:
        return {"url": None, "expires_at": None}
    url = request.build_absolute_uri(reverse("shared", args=[link.token]))
    return {"url": url, "expires_at": format_time(link.expires_at)}
