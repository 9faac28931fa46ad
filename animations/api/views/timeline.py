"""Rearrange the frames of a project, and show those of the generation before."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.projects.generations import choose_generation
from animations.actions.projects.timeline import Timeline, set_timeline
from animations.api.schema import serializer_of
from animations.api.serializers.projects import ChooseGenerationSerializer, TimelineSerializer
from animations.api.views.base import ApiView, get_editable_project, undoable_response
from animations.payloads import ProjectDetailPayload, RearrangedProjectPayload
from animations.payloads.types import TimelinePayload


class GenerationPayload(TypedDict):
    """A body that chooses a generation."""

    generation: int


class ChosenGenerationPayload(ProjectDetailPayload):
    """The project, and the body that takes the choice back."""

    undo: GenerationPayload


class SetTimeline(ApiView):
    """The order of the frames."""

    serializer_class = TimelineSerializer

    @extend_schema(
        operation_id="projects_timeline",
        request=TimelineSerializer,
        responses=serializer_of(RearrangedProjectPayload),
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Move, hold, remove and bring back frames, and change how long each stays. Nothing is drawn again.

        Undo is sending the answer's `undo`.
        """
        project = get_editable_project(request, project_id)
        undo = set_timeline(project, self.validated(request).timeline())
        return undoable_response(request, project_id, _body(undo))


class ChooseGeneration(ApiView):
    """The generation that is shown."""

    serializer_class = ChooseGenerationSerializer

    @extend_schema(
        operation_id="generations_choose",
        request=ChooseGenerationSerializer,
        responses=serializer_of(ChosenGenerationPayload),
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Show the frames of the motion before again, with its options; sending `undo` takes that back."""
        project = get_editable_project(request, project_id)
        before = choose_generation(project, self.validated(request).validated_data["generation"])
        return undoable_response(request, project_id, {"generation": before})


def _body(timeline: Timeline) -> TimelinePayload:
    return {
        "frames": [{"frame": str(place.frame), "delay_ms": place.delay_ms} for place in timeline.places],
        "revision": timeline.revision,
    }
