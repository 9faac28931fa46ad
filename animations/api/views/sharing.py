"""Share an emoji by a private link, and take a file to another device."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.projects.file_links import sign_file
from animations.actions.projects.share import share, stop_sharing
from animations.api.schema import serializer_of
from animations.api.serializers.projects import ShareSerializer
from animations.api.views.base import ApiView, get_editable_project
from animations.models import Export
from animations.models.users.share_link import ShareLink
from animations.payloads import Time, format_time


class ShareLinkPayload(TypedDict):
    """The private link of an emoji."""

    url: str
    expires_at: Time


class FileLinkPayload(TypedDict):
    """An address at which another device gets a file, and the same as a QR code: an SVG in a `data:` address."""

    url: str
    expires_at: Time
    qr: str


LINK = serializer_of(ShareLinkPayload)
FILE_LINK = serializer_of(FileLinkPayload)


class Share(ApiView):
    """The private link of an emoji."""

    serializer_class = ShareSerializer

    @extend_schema(operation_id="share_retrieve", responses=LINK)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Show the link by which an emoji is shared. 404 where there is none."""
        link = get_object_or_404(ShareLink, project=get_editable_project(request, project_id))
        return Response(_payload(request, link))

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


class FileLink(ApiView):
    """The address of a finished file for another device."""

    @extend_schema(operation_id="exports_link", request=None, responses=FILE_LINK)
    def post(self, request: Request, export_id: UUID) -> Response:
        """Make an address at which another device gets the file without a login, for ten minutes."""
        export = get_object_or_404(Export.objects.visible_to(request.user), pk=export_id)
        signed, expires_at = sign_file(export)
        url = request.build_absolute_uri(reverse("signed-file", args=[signed]))
        return Response({"url": url, "expires_at": format_time(expires_at), "qr": qr_code(url)})


def qr_code(text: str) -> str:
    """Draw a text as a QR code: dark on light, since many scanners see no other, in a `data:` address."""
    import segno  # noqa: PLC0415  (web does not keep it in memory for what few ask for)

    return str(segno.make(text, micro=False).svg_data_uri(dark="#000", light="#fff", omitsize=True))


def _payload(request: Request, link: ShareLink) -> ShareLinkPayload:
    url = request.build_absolute_uri(reverse("shared", args=[link.token]))
    return {"url": url, "expires_at": format_time(link.expires_at)}
