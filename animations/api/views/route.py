"""What the API's views have in common: whose objects may be seen, and a list's pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from animations.api.pagination import Pages
from animations.models import Frame, Project
from animations.payloads import frames_with_candidates


class Route(GenericAPIView[Any]):
    """One address. `serializer_class` is what it takes: the browsable pages draw a form of it."""

    pagination_class: type[Pages] | None = None
    serializer_class = serializers.Serializer
    spends = False

    def paged[Row: Model](
        self, rows: QuerySet[Row] | Sequence[Any], payload: Callable[[list[Any]], Sequence[Any]]
    ) -> Response:
        ...
