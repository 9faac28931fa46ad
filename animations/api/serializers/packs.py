"""Validate the options of a pack."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from animations.actions.packs.request import PackOptions
from animations.api.serializers.projects import TextField
from animations.models import Pack


class CreatePackSerializer(serializers.Serializer[Any]):
    """A store, and what it shows of the pack."""

    platform = TextField(max_length=40)
    title = TextField(max_length=Pack.TITLE_LENGTH, required=False, help_text="Default: the set's name.")
    author = TextField(max_length=Pack.AUTHOR_LENGTH, required=False, help_text="Who made it; some stores want one.")
    tags = serializers.ListField(
        child=TextField(max_length=20),
        max_length=Pack.MAX_TAGS,
        required=False,
        help_text="Emoji that stand for each sticker which has none of its own.",
    )

    def options(self) -> PackOptions:
        """Return what was asked for."""
        data = dict(self.validated_data)
        return PackOptions(**data | {"tags": tuple(data.get("tags", ()))})
