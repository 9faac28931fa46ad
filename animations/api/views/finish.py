"""Finish the files of a project: where the loop stands, its outline, shadow and caption."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.projects.finish import set_finish
from animations.api.schema import serializer_of
from animations.api.serializers.finish import FinishSerializer
from animations.api.views.base import ApiView, get_editable_project, undoable_response
from animations.payloads import FinishedProjectPayload, finish_payload


class SetFinish(ApiView):
    """The finish of an emoji's files."""

    serializer_class = FinishSerializer

    @extend_schema(
        operation_id="projects_finish", request=FinishSerializer, responses=serializer_of(FinishedProjectPayload)
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Place the emoji, and give it an outline, a shadow and a caption, in all files from now on.

        No frame changes. Undo is sending the answer's `undo`.
        """
        project = get_editable_project(request, project_id)
        undo = set_finish(project, self.validated(request).finish())
        return undoable_response(request, project_id, finish_payload(undo))
