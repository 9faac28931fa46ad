"""Show what the product offers: presets, how words are understood, platforms and engines."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from animations.api.catalogue_payloads import (
    EnginesPayload,
    PlatformPayload,
    PresetPayload,
    ReadingPayload,
    engines_payload,
    platform_list_payload,
    preset_list_payload,
    preset_payload,
    reading_payload,
)
from animations.api.pagination import SinglePagePagination
from animations.api.schema import serializer_of
from animations.api.serializers.projects import ReadMotionSerializer
from animations.api.views.base import ApiView
from animations.encode.platforms import PLATFORMS
from animations.models import Preset

PRESET = serializer_of(PresetPayload)


class PresetList(ApiView):
    """The curated motions, in their order."""

    pagination_class = SinglePagePagination

    @extend_schema(operation_id="presets_list", responses=PRESET(many=True))
    def get(self, _request: Request) -> Response:
        """List the curated motions, in their order."""
        return self.paginated(Preset.objects.active(), preset_list_payload)


class PresetDetail(ApiView):
    """One curated motion."""

    @extend_schema(operation_id="presets_retrieve", responses=PRESET)
    def get(self, _request: Request, slug: str) -> Response:
        """Show one curated motion."""
        return Response(preset_payload(get_object_or_404(Preset.objects.active(), slug=slug)))


class ReadMotion(ApiView):
    """The reading of words, before anything is made of them."""

    @extend_schema(
        operation_id="motions_read", parameters=[ReadMotionSerializer], responses=serializer_of(ReadingPayload)
    )
    def get(self, request: Request) -> Response:
        """Show how words are understood, before anything is made of them."""
        serializer = ReadMotionSerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        return Response(reading_payload(serializer.validated_data["text"]))


class PlatformList(ApiView):
    """Export targets, with every rule and its value."""

    pagination_class = SinglePagePagination

    @extend_schema(operation_id="platforms_list", responses=serializer_of(PlatformPayload)(many=True))
    def get(self, _request: Request) -> Response:
        """List the export targets, with every rule and its value."""
        return self.paginated(list(PLATFORMS.values()), platform_list_payload)


class EngineList(ApiView):
    """Matting engines and generators."""

    @extend_schema(operation_id="engines_list", responses=serializer_of(EnginesPayload))
    def get(self, _request: Request) -> Response:
        """List the matting engines and generators, with the reason for each that cannot run.

        The GPU endpoint is not asked: this is what it said last, at `as_of`.
        """
        return Response(engines_payload())
