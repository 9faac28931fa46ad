"""The base of the API's views: paging, validation, and lookup of what the caller may see or change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from animations.api.pagination import Pagination
from animations.models import Frame, Project
from animations.payloads import frames_with_candidates, project_detail_payload


class ApiView(GenericAPIView[Any]):
    """One address. `serializer_class` validates what it takes (the browsable pages draw a form of it).

    `spends` marks a POST that uses the GPU or a worker: it has the tightest rate.
    """

    queryset = Project.objects.none()
    """Unused; the browsable pages ask for one."""
    pagination_class: type[Pagination] | None = None
    serializer_class: type[serializers.Serializer[Any]] = serializers.Serializer
    spends = False

    def paginated(
        self, rows: QuerySet[Any] | Sequence[Any], payloads: Callable[[list[Any]], Sequence[Any]]
    ) -> Response:
        """Return one page of `rows` (a queryset or a list), each as its payload."""
        page = self.paginate_queryset(cast(Any, rows))
        return self.get_paginated_response(payloads(list(page or [])))

    def validated(self, request: Request) -> Any:
        """Return the serializer of what was sent, validated. Raises `ValidationError`."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer


def user_of(request: Request) -> AbstractBaseUser:
    """Return the caller; routes without a login have none."""
    return cast(AbstractBaseUser, request.user)


def get_visible_project(request: Request, project_id: UUID) -> Project:
    """Return a project that the caller may see, else 404."""
    return get_object_or_404(Project.objects.visible_to(request.user).for_payload(), pk=project_id)


def get_created_project(project_id: UUID) -> Project:
    """Return a project that this request has created: it is another's if a guest has signed up meanwhile."""
    return Project.objects.for_payload().get(pk=project_id)


def get_editable_project(request: Request, project_id: UUID) -> Project:
    """Return a project that the caller may change, else 404."""
    return get_object_or_404(Project.objects.editable_by(request.user).for_payload(), pk=project_id)


def undoable_response(request: Request, project_id: UUID, undo: Any) -> Response:
    """Show a project as it was changed, with the body that takes the change back."""
    return Response({**project_detail_payload(get_visible_project(request, project_id)), "undo": undo})


def get_frame(project: Project, index: int) -> Frame:
    """Return the frame that has this index at this moment, else 404."""
    return get_object_or_404(frames_with_candidates(project), index=index)
