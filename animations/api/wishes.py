"""What clients send: fields, bounds and words for what is wrong. Whether a wish can be granted is for the actions."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from animations.actions.generate import BOUNDS, Choices
from animations.models import Project


def whole_number(name: str, **options: Any) -> serializers.IntegerField:
    least, most = BOUNDS[name]
    return serializers.IntegerField(min_value=least, max_value=most, **options)


class ChoicesWish(serializers.Serializer[Any]):
    """What may be chosen about a take; what is left out stays as it is."""

    name = serializers.CharField(max_length=100, required=False)
    preset = serializers.SlugField(required=False)
    prompt = serializers.CharField(max_length=300, required=False)
    frame_count = whole_number("frame_count", required=False)
    frame_ms = whole_number("frame_ms", required=False)
    size = whole_number("size", required=False)
    candidates = whole_number("candidates", required=False)
    matte = serializers.ChoiceField(choices=Project.MatteChoice.choices, required=False)
    generator = serializers.ChoiceField(choices=Project.Generator.choices, required=False)

    def choices(self) -> Choices:
        """The validated fields, without those that are not about the take."""
        return Choices(**{name: value for name, value in self.validated_data.items() if name in CHOICES})


CHOICES = frozenset(Choices.__dataclass_fields__)


class ProjectWish(ChoicesWish):
    """A new project: a picture, and any of the choices."""

    source = serializers.FileField(  # type: ignore[assignment]  # a field of ours, not the base's attribute
        allow_empty_file=True, help_text="PNG, JPEG, WebP, GIF or HEIC, at most 20 MB."
    )
    start = serializers.BooleanField(default=True, help_text="Whether its frames are made at once.")


class NameWish(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, required=False)


class ChooseWish(serializers.Serializer[Any]):
    candidate = serializers.UUIDField()


class RetryWish(serializers.Serializer[Any]):
    prompt = serializers.CharField(max_length=300)
    candidates = whole_number("candidates", default=2)


class ExportWish(serializers.Serializer[Any]):
    platforms = serializers.ListField(child=serializers.CharField(max_length=40), min_length=1, max_length=40)


class WordsWish(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=300, help_text="A motion in English words, as “subtle bounce”.")
