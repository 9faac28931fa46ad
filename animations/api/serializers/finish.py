"""Validate the finish of an emoji: bounds and colours. What can be written in a caption is for the action."""

from __future__ import annotations

import math
from typing import Any

from rest_framework import serializers

from animations.api.serializers.projects import TextField
from animations.finish.options import (
    COLOUR,
    FITS,
    LIMITS,
    PLACES,
    TEXT_LENGTH,
    Caption,
    Finish,
    Outline,
    Placement,
    Shadow,
    read_finish,
)


class NumberField(serializers.FloatField):
    """Accept a finite number, and no text in its place."""

    def to_internal_value(self, data: Any) -> float:
        """Return the number."""
        if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
            self.fail("invalid")
        return super().to_internal_value(data)


def bounded_number(name: str, default: float | None, **options: Any) -> NumberField:
    """Return a field with the bounds of `name` in `LIMITS`."""
    least, most = LIMITS[name]
    return NumberField(min_value=least, max_value=most, default=default, **options)


def colour_field(default: str | None, **options: Any) -> serializers.RegexField:
    """Return a field for a colour as `#rrggbb`."""
    return serializers.RegexField(COLOUR, default=default, **options)


class JsonBooleanField(serializers.BooleanField):
    """A truth value of JSON, and none of the words and numbers that stand for one in forms."""

    def to_internal_value(self, data: Any) -> bool:
        """Return it. Raises `ValidationError`."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class PlacementSerializer(serializers.Serializer[Any]):
    """The place of the emoji on the canvas; lengths are shares of the canvas."""

    fit = serializers.ChoiceField(
        choices=FITS,
        default="contain",
        help_text="`contain` shows all of the loop, `cover` covers the canvas.",
    )
    zoom = bounded_number("zoom", Placement().zoom)
    x = bounded_number("x", Placement().x, help_text="How far to the right it is moved.")
    y = bounded_number("y", Placement().y, help_text="How far down it is moved.")
    flip = JsonBooleanField(default=False, help_text="Mirrored, left for right.")
    ground = bounded_number(
        "ground",
        None,
        allow_null=True,
        help_text="The height on which its lowest point stands, from the top, in place of `y`.",
    )


class OutlineSerializer(serializers.Serializer[Any]):
    """A line round what shows; its width is a share of the canvas's longer side."""

    width = bounded_number("width", Outline().width)
    colour = colour_field(Outline().colour)


class ShadowSerializer(serializers.Serializer[Any]):
    """A shadow that falls straight down; lengths are shares of the canvas's longer side."""

    colour = colour_field(Shadow().colour)
    opacity = bounded_number("opacity", Shadow().opacity)
    blur = bounded_number("blur", Shadow().blur)
    distance = bounded_number("distance", Shadow().distance)


class CaptionSerializer(serializers.Serializer[Any]):
    """One line of text."""

    text = TextField(max_length=TEXT_LENGTH)
    colour = colour_field(Caption("").colour)
    stroke = colour_field(Caption("").stroke, allow_null=True, help_text="The colour round the letters; null: none.")
    arc = bounded_number("arc", Caption("").arc, help_text="Bent: 1 is highest in the middle, -1 lowest.")
    place = serializers.ChoiceField(choices=PLACES, default=Caption("").place)


class FinishSerializer(serializers.Serializer[Any]):
    """The whole finish; what is left out or null is as by default: all of the loop, without layers."""

    placement = PlacementSerializer(required=False, allow_null=True)
    outline = OutlineSerializer(required=False, allow_null=True)
    shadow = ShadowSerializer(required=False, allow_null=True)
    caption = CaptionSerializer(required=False, allow_null=True)

    def finish(self) -> Finish:
        """Return the validated finish."""
        return read_finish(self.validated_data)
