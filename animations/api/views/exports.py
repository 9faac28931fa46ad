"""Make files that platforms accept, and show each with the report on every rule."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.export import export
from animations.actions.previews import preview
from animations.api.idempotency import IDEMPOTENCY_HEADER, idempotent
from animations.api.pagination import Pagination
from animations.api.schema import serializer_of
from animations.api.serializers.projects import CreateExportsSerializer, PreviewSerializer
from animations.api.views.base import ApiView, get_editable_project, get_visible_project
from animations.encode.file_names import safe_stem
from animations.encode.platforms import ExportOptions
from animations.models import Export
from animations.payloads import ExportPayload, export_payload, export_report

EXPORT = serializer_of(ExportPayload)


class ExportList(ApiView):
    """A project's exports."""

    serializer_class = CreateExportsSerializer
    pagination_class = Pagination
    spends = True

    @extend_schema(operation_id="exports_list", responses=EXPORT(many=True))
    def get(self, request: Request, project_id: UUID) -> Response:
        """List a project's exports, newest first."""
        rows = get_visible_project(request, project_id).exports.requested().order_by("-created_at", "platform", "pk")
        return self.paginated(rows.prefetch_related("files"), _payloads)

    @extend_schema(
        operation_id="exports_create",
        parameters=[IDEMPOTENCY_HEADER],
        request=CreateExportsSerializer,
        responses={202: EXPORT(many=True)},
    )
    @idempotent(atomic=True)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Make files of the chosen frames. An equal export that is live or fresh is answered, not made again."""
        project = get_editable_project(request, project_id)
        asked = self.validated(request).validated_data
        made = export(project, asked["platforms"], ExportOptions(**asked.get("options", {})))
        return Response(_payloads(made), status=status.HTTP_202_ACCEPTED)


class Preview(ApiView):
    """A file that is looked at, before anybody asks for it."""

    serializer_class = PreviewSerializer

    @extend_schema(operation_id="projects_preview", request=PreviewSerializer, responses={200: EXPORT, 202: EXPORT})
    def post(self, request: Request, project_id: UUID) -> Response:
        """Show the platform's file of the chosen frames as they are: 200 where it is there, 202 where it is made.

        It is made when nothing else is to be done, and is no export until it is asked for as one. A project has one
        preview under way; the next takes its place.
        """
        project = get_editable_project(request, project_id)
        made = preview(project, self.validated(request).validated_data["platform"])
        done = made.status == Export.Status.SUCCEEDED
        return Response(export_payload(made), status=status.HTTP_200_OK if done else status.HTTP_202_ACCEPTED)


class ExportDetail(ApiView):
    """One export."""

    @extend_schema(operation_id="exports_retrieve", responses=EXPORT)
    def get(self, request: Request, export_id: UUID) -> Response:
        """Show one export: its files, and what was measured of them."""
        rows = Export.objects.visible_to(request.user).prefetch_related("files")
        return Response(export_payload(get_object_or_404(rows, pk=export_id)))


class ExportReport(ApiView):
    """The report of one export, as a file."""

    @extend_schema(operation_id="exports_report", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, export_id: UUID) -> HttpResponse:
        """Download what was measured of an export's file against each rule, as `docs/exports.md` describes it.

        404 until it is made, or was refused.
        """
        done = (Export.Status.SUCCEEDED, Export.Status.FAILED)
        rows = Export.objects.visible_to(request.user).filter(status__in=done).select_related("project")
        export = get_object_or_404(rows.prefetch_related("files"), pk=export_id)
        name = f"{safe_stem(export.project.name)}-{export.platform.replace('_', '-')}-report.json"
        headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
        return HttpResponse(export_report(export), content_type="application/json", headers=headers)


def _payloads(exports: Iterable[Export]) -> list[ExportPayload]:
    return [export_payload(one) for one in exports]
