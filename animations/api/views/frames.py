"""Show a frame, choose another candidate for it, retry it with other words, and refine a candidate."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.frames import choose
from animations.actions.projects.choose import choose_candidates, choose_version
from animations.actions.refine.frames import refine
from animations.actions.refine.propagate import propagate
from animations.actions.retry import retry
from animations.api.idempotency import IDEMPOTENCY_HEADER, idempotent
from animations.api.schema import serializer_of
from animations.api.serializers.projects import (
    ChooseCandidateSerializer,
    ChooseForAllSerializer,
    RetryFrameSerializer,
)
from animations.api.serializers.refine import RefineFrameSerializer
from animations.api.views.base import ApiView, get_editable_project, get_frame, get_visible_project, undoable_response
from animations.payloads import (
    FramePayload,
    JobPayload,
    ProjectDetailPayload,
    frame_payload,
    job_payload,
)
from animations.payloads.types import Id

FRAME = serializer_of(FramePayload)


class ChoicePayload(TypedDict):
    """A body of this route that chooses candidates."""

    candidates: list[Id]


class ChosenForAllPayload(ProjectDetailPayload):
    """The project, and the body that takes the choice back; its list is empty where nothing changed."""

    undo: ChoicePayload


class FrameDetail(ApiView):
    """One frame with its candidates."""

    @extend_schema(operation_id="frames_retrieve", responses=FRAME)
    def get(self, request: Request, project_id: UUID, index: int) -> Response:
        """Show one frame with its candidates, by its index at this moment."""
        return Response(frame_payload(get_frame(get_visible_project(request, project_id), index)))


class Choose(ApiView):
    """The candidate that a frame shows."""

    serializer_class = ChooseCandidateSerializer

    @extend_schema(operation_id="frames_choose", request=ChooseCandidateSerializer, responses=FRAME)
    def post(self, request: Request, project_id: UUID, index: int) -> Response:
        """Show another candidate in the frame. Undo is choosing the one before."""
        project = get_editable_project(request, project_id)
        frame = get_frame(project, index)
        choose(frame, self.validated(request).validated_data["candidate"])
        return Response(frame_payload(get_frame(project, index)))


class ChooseForAll(ApiView):
    """The choice of the candidates of all frames at once."""

    serializer_class = ChooseForAllSerializer

    @extend_schema(
        operation_id="projects_choose",
        request=ChooseForAllSerializer,
        responses=serializer_of(ChosenForAllPayload),
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Show one version in all frames, or these candidates. Sending `undo` of the answer takes it back."""
        project = get_editable_project(request, project_id)
        data = self.validated(request).validated_data
        if "version" in data:
            before = choose_version(project, data["version"])
        else:
            before = choose_candidates(project, data["candidates"])
        undo: ChoicePayload = {"candidates": [str(pk) for pk in before]}
        return undoable_response(request, project_id, undo)


class Retry(ApiView):
    """Other words for one frame."""

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
        """Make new candidates for this frame alone, for other words."""
        frame = get_frame(get_editable_project(request, project_id), index)
        job = retry(frame, **self.validated(request).validated_data)
        return Response(job_payload(job), status=status.HTTP_202_ACCEPTED)


class Refine(ApiView):
    """A tool applied to a candidate."""

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
        """Make a new candidate of an old one with a tool, for this frame and, if asked, for others."""
        frame = get_frame(get_editable_project(request, project_id), index)
        serializer = self.validated(request)
        data = serializer.validated_data
        job = refine(frame, data["candidate"], serializer.chosen_tool(), data["apply_to"])
        return Response(job_payload(job), status=status.HTTP_202_ACCEPTED)


class Propagate(ApiView):
    """The correction of one frame, carried to the others."""

    serializer_class = ChooseCandidateSerializer
    spends = True

    @extend_schema(
        operation_id="frames_propagate",
        parameters=[IDEMPOTENCY_HEADER],
        request=ChooseCandidateSerializer,
        responses={202: serializer_of(JobPayload)},
    )
    @idempotent(atomic=True)
    def post(self, request: Request, project_id: UUID, index: int) -> Response:
        """Carry what was mended in this candidate to the other frames, as candidates that wait to be chosen."""
        frame = get_frame(get_editable_project(request, project_id), index)
        job = propagate(frame, self.validated(request).validated_data["candidate"])
        return Response(job_payload(job), status=status.HTTP_202_ACCEPTED)
