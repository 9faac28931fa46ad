"""Projects: the list, one of them, and making its frames again."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions import generate, projects
from animations.api.idempotency import KEY_HEADER, answered_once
from animations.api.pagination import Pages
from animations.api.parsers import DepthBoundJSONParser, FileFormParser
from animations.api.serializers import ChoicesWish, NameWish, ProjectWish
from animations.api.shapes import serializer_of
from animations.api.views.base import Route, own_project, person, seen_project
from animations.models import Project
from animations.payloads import (
    JobPayload,
    ProjectDetailPayload,
    ProjectPayload,
    job_payload,
    project_detail_payload,
    project_list_payload,
)

DETAIL = serializer_of(ProjectDetailPayload)


class ProjectList(Route):
    """Your emojis, newest first; a new one is made of a picture."""

    serializer_class = ProjectWish
    pagination_class = Pages
    parser_classes = [FileFormParser, FormParser, DepthBoundJSONParser]
    spends = True

    @extend_schema(operation_id="projects_list", responses=serializer_of(ProjectPayload)(many=True))
    def get(self, request: Request) -> Response:
        rows = Project.objects.visible_to(request.user).with_cover().newest_first()
        return self.paged(rows, project_list_payload)

    @extend_schema(
        operation_id="projects_create",
        parameters=[KEY_HEADER],
        request={"multipart/form-data": ProjectWish},
        responses={201: DETAIL},
    )
    @answered_once(with_answer=False)
    def post(self, request: Request) -> Response:
        wish = self.wish(request)
        sent = wish.validated_data
        project = generate.create_project(person(request), sent["source"], wish.choices(), start=sent["start"])
        return Response(project_detail_payload(seen_project(request, project.pk)), status=status.HTTP_201_CREATED)


class ProjectDetail(Route):
    """One emoji with its frames and their candidates."""

    serializer_class = NameWish

    @extend_schema(operation_id="projects_retrieve", responses=DETAIL)
    def get(self, request: Request, project_id: UUID) -> Response:
        return Response(project_detail_payload(seen_project(request, project_id)))

    @extend_schema(operation_id="projects_rename", request=NameWish, responses=DETAIL)
    def patch(self, request: Request, project_id: UUID) -> Response:
        project = own_project(request, project_id)
        name = self.wish(request).validated_data.get("name")
        if name is not None:
            projects.rename(project, name)
        return Response(project_detail_payload(seen_project(request, project_id)))

    @extend_schema(operation_id="projects_delete", responses={204: None})
    def delete(self, request: Request, project_id: UUID) -> Response:
        projects.delete(own_project(request, project_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Generate(Route):
    """Its frames again, with other choices. What is left out stays as it is."""

    serializer_class = ChoicesWish
    spends = True

    @extend_schema(
        operation_id="projects_generate",
        parameters=[KEY_HEADER],
        request=ChoicesWish,
        responses={202: serializer_of(JobPayload)},
    )
    @answered_once(with_answer=True)
    def post(self, request: Request, project_id: UUID) -> Response:
        project = own_project(request, project_id)
        job = generate.generate(project, self.wish(request).choices())
        return Response(job_payload(job), status=status.HTTP_202_ACCEPTED)
