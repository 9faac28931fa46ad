"""What the product offers: presets, how words are understood, platforms, engines."""

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
from animations.api.pagination import OnePage
from animations.api.serializers import WordsWish
from animations.api.shapes import serializer_of
from animations.api.views.base import Route
from animations.encode.platforms import PLATFORMS
from animations.models import Preset

PRESET = serializer_of(PresetPayload)


class PresetList(Route):
    """The curated motions, in their order."""

    pagination_class = OnePage

    @extend_schema(operation_id="presets_list", responses=PRESET(many=True))
    def get(self, _request: Request) -> Response:
        return self.paged(Preset.objects.active(), preset_list_payload)


class PresetDetail(Route):
    """One curated motion."""

    @extend_schema(operation_id="presets_retrieve", responses=PRESET)
    def get(self, _request: Request, slug: str) -> Response:
        return Response(preset_payload(get_object_or_404(Preset.objects.active(), slug=slug)))


class ReadMotion(Route):
    """How words are understood, before anything is made of them."""

    @extend_schema(operation_id="motions_read", parameters=[WordsWish], responses=serializer_of(ReadingPayload))
    def get(self, request: Request) -> Response:
        wish = WordsWish(data=request.query_params)
        wish.is_valid(raise_exception=True)
        return Response(reading_payload(wish.validated_data["text"]))


class PlatformList(Route):
    """Export targets, with every rule and its value."""

    pagination_class = OnePage

    @extend_schema(operation_id="platforms_list", responses=serializer_of(PlatformPayload)(many=True))
    def get(self, _request: Request) -> Response:
        return self.paged(list(PLATFORMS.values()), platform_list_payload)


class EngineList(Route):
    """What the GPU endpoint can run, as it was last heard of."""

    @extend_schema(operation_id="engines_list", responses=serializer_of(EnginesPayload))
    def get(self, _request: Request) -> Response:
        return Response(engines_payload())
