"""The source of an emoji: its own matte mended, and the mend taken back."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.refine.source import choose_matte, refine_source
from animations.api.idempotency import KEY_HEADER, answered_once
from animations.api.serializers import MatteWish, ToolFields
from animations.api.shapes import serializer_of
from animations.api.views.base import Route, own_project, seen_project
from animations.payloads import JobPayload, ProjectDetailPayload, job_payload, project_detail_payload


class RefineSource(Route):
    """The source's matte mended by a tool; all frames get new candidates, drawn of it."""

    serializer_class = ToolFields
    spends = True

    @extend_schema(
        operation_id="source_refine",
        parameters=[KEY_HEADER],
        request=ToolFields,
        responses={202: serializer_of(JobPayload)},
    )
    @answered_once(with_answer=True)
    def post(self, request: Request, project_id: UUID) -> Response:
        project = own_project(request, project_id)
        job = refine_source(project, self.wish(request).chosen_tool())
        return Response(job_payload(job), status=status.HTTP_202_ACCEPTED)


class ChooseMatte(Route):
    """The matte that the one in use was made from, in its place; frames show what they showed before."""

    serializer_class = MatteWish

    @extend_schema(operation_id="source_choose", request=MatteWish, responses=serializer_of(ProjectDetailPayload))
    def post(self, request: Request, project_id: UUID) -> Response:
        project = own_project(request, project_id)
        choose_matte(project, self.wish(request).validated_data["matte"])
        return Response(project_detail_payload(seen_project(request, project_id)))
