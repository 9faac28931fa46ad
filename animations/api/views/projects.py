"""List, create, edit, delete and restore projects, and generate their frames again."""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions import generate
from animations.actions.projects import create
from animations.actions.projects.delete import restore, trash
from animations.actions.projects.duplicate import duplicate
from animations.actions.projects.edit import Changes, edit
from animations.actions.projects.search import ProjectSearch
from animations.api.etags import IF_NONE_MATCH, etag_of, has_latest
from animations.api.idempotency import IDEMPOTENCY_HEADER, idempotent, store_answer
from animations.api.multipart import FileFormParser
from animations.api.pagination import Pagination
from animations.api.parsers import BoundedFormParser, StrictJSONParser
from animations.api.schema import serializer_of
from animations.api.serializers.projects import (
    CreateProjectSerializer,
    EditProjectSerializer,
    GenerateOptionsSerializer,
    ProjectSearchSerializer,
)
from animations.api.views.base import ApiView, get_created_project, get_editable_project, get_visible_project, user_of
from animations.models import Project
from animations.payloads import (
    JobPayload,
    ProjectDetailPayload,
    ProjectPayload,
    job_payload,
    project_detail_payload,
    project_list_payload,
    project_payload,
)

DETAIL = serializer_of(ProjectDetailPayload)


class ProjectList(ApiView):
    """Your emojis."""

    serializer_class = CreateProjectSerializer
    pagination_class = Pagination
    parser_classes = [FileFormParser, BoundedFormParser, StrictJSONParser]
    spends = True

    @extend_schema(
        operation_id="projects_list",
        parameters=[ProjectSearchSerializer],
        responses=serializer_of(ProjectPayload)(many=True),
    )
    def get(self, request: Request) -> Response:
        """List your emojis, newest first."""
        search = ProjectSearchSerializer(data=request.query_params)
        search.is_valid(raise_exception=True)
        options = dict(search.validated_data)
        if options.pop("trashed"):
            rows = Project.objects.in_trash_of(request.user.pk)
        else:
            rows = ProjectSearch(**options).find(request.user)
        return self.paginated(rows.for_payload(), project_list_payload)

    @extend_schema(
        operation_id="projects_create",
        parameters=[IDEMPOTENCY_HEADER],
        request={"multipart/form-data": CreateProjectSerializer},
        responses={201: DETAIL},
    )
    @idempotent(atomic=False)
    def post(self, request: Request) -> Response:
        """Create an emoji of a picture or clip."""
        serializer = self.validated(request)
        data = serializer.validated_data
        response = Response(status=status.HTTP_201_CREATED)
        options = serializer.options()
        more: Any = {"start": data["start"], "before_commit": partial(_answer_created, request, response)}
        if source_of := data.get("source_of"):
            create.create_from(get_visible_project(request, source_of), options, **more)
        else:
            create.create_project(user_of(request), data["source"], options, **more)
        return response


class ProjectDetail(ApiView):
    """One emoji."""

    serializer_class = EditProjectSerializer

    @extend_schema(operation_id="projects_retrieve", parameters=[IF_NONE_MATCH], responses={200: DETAIL, 304: None})
    def get(self, request: Request, project_id: UUID) -> Response:
        """Show one emoji with its frames and their candidates; 304 for a client that has the latest."""
        project = get_visible_project(request, project_id)
        payload = project_payload(project)
        etag = etag_of(payload)  # the revision in it stands for the frames
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if has_latest(request, etag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(project_detail_payload(project, payload), headers=headers)

    @extend_schema(operation_id="projects_rename", request=EditProjectSerializer, responses=DETAIL)
    def patch(self, request: Request, project_id: UUID) -> Response:
        """Change an emoji's name, its words for people and stores, or the frame that it shows when still."""
        project = get_editable_project(request, project_id)
        edit(project, cast("Changes", self.validated(request).validated_data))
        return Response(project_detail_payload(get_visible_project(request, project_id)))

    @extend_schema(operation_id="projects_delete", responses={204: None})
    def delete(self, request: Request, project_id: UUID) -> Response:
        """Delete an emoji with all its files. For ten minutes it can be restored."""
        trash(get_editable_project(request, project_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Duplicate(ApiView):
    """A copy of an emoji."""

    @extend_schema(
        operation_id="projects_duplicate", parameters=[IDEMPOTENCY_HEADER], request=None, responses={201: DETAIL}
    )
    @idempotent(atomic=False)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Copy an emoji as it is shown. Nothing is matted or drawn again."""
        response = Response(status=status.HTTP_201_CREATED)
        duplicate(
            get_editable_project(request, project_id), before_commit=partial(_answer_created, request, response)
        )
        return response


class Restore(ApiView):
    """An emoji that was deleted."""

    @extend_schema(operation_id="projects_restore", request=None, responses=DETAIL)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Take back the deletion of an emoji, within ten minutes. What was being drawn has stopped."""
        restore(user_of(request), project_id)
        return Response(project_detail_payload(get_visible_project(request, project_id)))


class Generate(ApiView):
    """The frames of an emoji, made again."""

    serializer_class = GenerateOptionsSerializer
    spends = True

    @extend_schema(
        operation_id="projects_generate",
        parameters=[IDEMPOTENCY_HEADER],
        request=GenerateOptionsSerializer,
        responses={202: serializer_of(JobPayload)},
    )
    @idempotent(atomic=True)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Make the frames again, with other options. What is left out stays as it is."""
        project = get_editable_project(request, project_id)
        job = generate.generate(project, self.validated(request).options())
        return Response(job_payload(job), status=status.HTTP_202_ACCEPTED)


def _answer_created(request: Request, response: Response, made: Project) -> None:
    """Fill the answer of a new emoji, and store it for the request's key."""
    response.data = project_detail_payload(get_created_project(made.pk))
    store_answer(request, response)
