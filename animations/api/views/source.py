"""Refine the matte of a project's source, and take that back."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.refine.chain import choose_matte
from animations.actions.refine.source import refine_source
from animations.api.idempotency import IDEMPOTENCY_HEADER, idempotent
from animations.api.schema import serializer_of
from animations.api.serializers.refine import ChooseMatteSerializer, RefineToolSerializer
from animations.api.views.base import ApiView, get_editable_project, get_visible_project
from animations.payloads import (
    JobPayload,
    MattePayload,
    ProjectDetailPayload,
    job_payload,
    matte_payload,
    project_detail_payload,
)


class RefineSource(ApiView):
    """A tool applied to the source's matte."""

    serializer_class = RefineToolSerializer
    spends = True

    @extend_schema(
        operation_id="source_refine",
        parameters=[IDEMPOTENCY_HEADER],
        request=RefineToolSerializer,
        responses={202: serializer_of(JobPayload)},
    )
    @idempotent(atomic=True)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Make a new matte of the source with a tool; all frames get new candidates, drawn of it."""
        project = get_editable_project(request, project_id)
        job = refine_source(project, self.validated(request).chosen_tool())
        return Response(job_payload(job), status=status.HTTP_202_ACCEPTED)


class MatteList(ApiView):
    """The mattes of the source."""

    @extend_schema(operation_id="source_mattes", responses=serializer_of(MattePayload)(many=True))
    def get(self, request: Request, project_id: UUID) -> Response:
        """List all mattes that were made of the source, oldest first; each names what it was made from."""
        project = get_visible_project(request, project_id)
        return Response([matte_payload(matte) for matte in project.source.mattes.order_by("created_at")])


class ChooseMatte(ApiView):
    """The matte in use."""

    serializer_class = ChooseMatteSerializer

    @extend_schema(
        operation_id="source_choose", request=ChooseMatteSerializer, responses=serializer_of(ProjectDetailPayload)
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Use another of the source's mattes, to undo or redo; each frame shows what it showed with that one."""
        project = get_editable_project(request, project_id)
        choose_matte(project, self.validated(request).validated_data["matte"])
        return Response(project_detail_payload(get_visible_project(request, project_id)))
