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
from animations.api.idempotency import KEY_HEADER, answered_once
from animations.api.serializers import ChooseWish, RefineWish, RetryWish
from animations.api.shapes import serializer_of
from animations.api.views.base import Route, frame_of, own_project, seen_project
from animations.payloads import FramePayload, JobPayload, frame_payload, job_payload

FRAME = serializer_of(FramePayload)


class FrameDetail(Route):
    """One frame with its candidates, by its index at this moment."""

    @extend_schema(operation_id="frames_retrieve", responses=FRAME)
    def get(self, request: Request, project_id: UUID, index: int) -> Response:
        return Response(frame_payload(frame_of(seen_project(request, project_id), index)))


class Choose(Route):
    """Another candidate in the frame's place. Undo is choosing the one before."""

    serializer_class = ChooseWish

    @extend_schema(operation_id="frames_choose", request=ChooseWish, responses=FRAME)
    def post(self, request: Request, project_id: UUID, index: int) -> Response:
        project = own_project(request, project_id)
        frame = frame_of(project, index)
        choose(frame, self.wish(request).validated_data["candidate"])
        return Response(frame_payload(frame_of(project, index)))


class Retry(Route):
    """New candidates for this frame alone, made for other words."""

    serializer_class = RetryWish
    spends = True

    @extend_schema(
        operation_id="frames_retry",
        parameters=[KEY_HEADER],
        request=RetryWish,
        responses={202: serializer_of(JobPayload)},
    )
    @answered_once(with_answer=True)
    def post(self, request: Request, project_id: UUID, index: int) -> Response:
        frame = frame_of(own_project(request, project_id), index)
        wish = self.wish(request).validated_data
        return Response(job_payload(retry(frame, **wish)), status=status.HTTP_202_ACCEPTED)


class Refine(Route):
    """A new candidate made of an old one by a tool, for this frame and, if asked, for others."""

    serializer_class = RefineWish
    spends = True

    @extend_schema(
        operation_id="frames_refine",
        parameters=[KEY_HEADER],
        request=RefineWish,
        responses={202: serializer_of(JobPayload)},
    )
    @answered_once(with_answer=True)
    def post(self, request: Request, project_id: UUID, index: int) -> Response:
        frame = frame_of(own_project(request, project_id), index)
        wish = self.wish(request)
        sent = wish.validated_data
        job = refine(frame, sent["candidate"], wish.chosen_tool(), sent["apply_to"])
        return Response(job_payload(job), status=status.HTTP_202_ACCEPTED)
