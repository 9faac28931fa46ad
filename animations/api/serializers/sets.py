"""Validate what clients send about sets."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from animations.actions.sets.motions import split_lines
from animations.api.serializers.projects import CreateProjectSerializer, TextField
from animations.models import EmojiSet, Project

MOST: Final = EmojiSet.SIZE[1]
LONGEST: Final = MOST * (Project.PROMPT_LENGTH + 2)


def _project_ids(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.UUIDField(), max_length=MOST, **options)


class CreateSetSerializer(CreateProjectSerializer):
    """A new set: one picture, or that of an emoji, with several motions; or a name and emojis that are there."""

    preset = None  # type: ignore[assignment]  # the set has many
    prompt = None  # type: ignore[assignment]
    motions = serializers.ListField(
        child=TextField(max_length=LONGEST),
        max_length=MOST,
        required=False,
        help_text="Presets' slugs or words, one for each emoji; a text may hold several, one a line.",
    )
    projects = _project_ids(
        required=False, help_text="In place of a picture with motions: emojis of yours that are in no set, in order."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require a picture with motions, or emojis with a name."""
        if "projects" in attrs:
            if "name" not in attrs:
                raise serializers.ValidationError({"name": [ErrorDetail("Give the set a name.", "required")]})
            return attrs
        return super().validate(attrs)

    def motions_of(self) -> list[str]:
        """Return the validated motions, one for each emoji."""
        return split_lines(self.validated_data.get("motions", []))


class EditSetSerializer(serializers.Serializer[Any]):
    """Another name, other emojis, another order or cover."""

    name = TextField(max_length=EmojiSet.NAME_LENGTH, required=False)
    projects = _project_ids(
        required=False,
        help_text="All that it then holds, in order: others of yours join it, those left out leave it.",
    )
    cover = serializers.UUIDField(required=False, allow_null=True, help_text="One of its emojis; null: the first.")
