"""Frames: one of them, another candidate for it, the frame again with other words, and a candidate mended."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.frames import choose
from animations.actions.refine.frames import refine
from animations.actions.retry import retry
from animations.api.idempotency import IDEMPOTENCY_HEADER, idempotent
from animations.api.schema import serializer_of
from animations.api.serializers import ChooseCandidateSerializer, RefineFrameSerializer, RetryFrameSerializer
from animations.api.views.base import ApiView, get_editable_project, get_frame, get_visible_project
from animations.payloads import FramePayload, JobPayload, frame_payload, job_payload

FRAME = serializer_of(FramePayload)


class FrameDetail(ApiView):
    """One frame with its candidates, by its index at this moment."""

    @extend_schema(operation_id="frames_retrieve", responses=FRAME)
    def get(self, request: Request, project_id: UUID, index: int) -> Response:
        return Response(frame_payload(get_frame(get_visible_project(request, project_id), index)))


class Choose(ApiView):
    """Another candidate in the frame's place. Undo is choosing the one before."""

    serializer_class = ChooseCandidateSerializer

    @extend_schema(operation_id="frames_choose", request=ChooseCandidateSerializer, responses=FRAME)
    def post(self, request: Request, project_id: UUID, index: int) -> Response:
        project = get_editable_project(request, project_id)
        frame = get_frame(project, index)
        choose(frame, self.validated(request).validated_data["candidate"])
        return Response(frame_payload(get_frame(project, index)))


class Retry(ApiView):
    """New candidates for this frame alone, made for other words."""

    serializer_class = RetryFrameSerializer
    spends = True

    @extend_schema(
        operation_id="frames_retry",
        parameters=[IDEMPOTENCY_HEADER],
        request=RetryFrameSerializer,
        responses={202: serializer_of(JobPayload)},
    )
    @idempotent(atomic=True)
    def post(self, request: Request, project_id: UUID, index: int) -> Response:
        frame = get_frame(get_editable_project(request, project_id), index)
        job = retry(frame, **self.validated(request).validated_data)
        return Response(job_payload(job), status=status.HTTP_202_ACCEPTED)


class Refine(ApiView):
    """A new candidate made of an old one by a tool, for this frame and, if asked, for others."""

    serializer_class = RefineFrameSerializer
    spends = True

    @extend_schema(
        operation_id="frames_refine",
        parameters=[IDEMPOTENCY_HEADER],
        request=RefineFrameSerializer,
        responses={202: serializer_of(JobPayload)},
    )
    @idempotent(atomic=True)
    def post(self, request: Request, project_id: UUID, index: int) -> Response:
        frame = get_frame(get_editable_project(request, project_id), index)
        serializer = self.validated(request)
        data = serializer.validated_data
        job = refine(frame, data["candidate"], serializer.chosen_tool(), data["apply_to"])
        return Response(job_payload(job), status=status.HTTP_202_ACCEPTED)
