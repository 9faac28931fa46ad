"""Validate requests to refine a matte: the tool's options, and what it is applied to."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from animations.actions.refine.tools import RefineTool
from animations.api.serializers.projects import MAX_FRAMES, TextField
from animations.imaging.plain_png import UnreadablePng, plain_png
from animations.ingest.formats import MAX_SIDE
from animations.matte.engines import ENGINE_CHOICES
from animations.matte.refine_tools import (
    MAX_FEATHER,
    MAX_MASK_BYTES,
    MAX_MASK_SIDE,
    MAX_POINTS,
    MAX_SHIFT,
    MODES,
    NO_TOOL,
    OPTIONS,
    TOOLS,
)

INDICES: Final = {
    "type": "array",
    "items": {"type": "integer", "minimum": 0, "maximum": MAX_FRAMES - 1},
    "minItems": 1,
    "maxItems": MAX_FRAMES,
}
PLACE: Final = {"type": "integer", "minimum": 0, "maximum": MAX_SIDE - 1}


@extend_schema_field({"oneOf": [{"enum": ["frame", "all"]}, INDICES]})
class ApplyToField(serializers.Field[Any, Any, Any, Any]):
    """Accept `"frame"`, `"all"`, or a list of indices."""

    default_error_messages = {"invalid": "Must be “frame”, “all” or a list of frames' indices."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the value as it was sent if it is one of the three."""
        named = data in ("frame", "all") if isinstance(data, str) else False
        if not named and not _are_indices(data):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        """Return the value as it is."""
        return value


def _are_indices(data: Any) -> bool:
    bounded = isinstance(data, list) and 0 < len(data) <= MAX_FRAMES
    return bounded and all(type(index) is int and 0 <= index < MAX_FRAMES for index in data)


@extend_schema_field(
    {
        "type": "array",
        "maxItems": MAX_POINTS,
        "items": {"type": "array", "items": PLACE, "minItems": 3, "maxItems": 3},
    }
)
class PointsField(serializers.Field[Any, Any, Any, Any]):
    """Accept taps `[[x, y, label], …]`."""

    default_error_messages = {
        "invalid": f"Must be a list of at most {MAX_POINTS} taps [x, y, 1 or 0], in whole pixels of the picture."
    }

    def to_internal_value(self, data: Any) -> Any:
        """Return the taps as they were sent."""
        if not isinstance(data, list) or len(data) > MAX_POINTS or not all(map(_is_tap, data)):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        """Return the value as it is."""
        return value


def _is_tap(data: Any) -> bool:
    return _are_places(data, 3) and data[2] in (0, 1)


@extend_schema_field({"type": "array", "items": PLACE, "minItems": 4, "maxItems": 4, "nullable": True})
class BoxField(serializers.Field[Any, Any, Any, Any]):
    """Accept a box `[x0, y0, x1, y1]`."""

    default_error_messages = {"invalid": "Must be [x0, y0, x1, y1] in whole pixels, with x0 < x1 and y0 < y1."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the box as it was sent."""
        if not _are_places(data, 4) or data[0] >= data[2] or data[1] >= data[3]:
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        """Return the value as it is."""
        return value


def _are_places(data: Any, count: int) -> bool:
    return isinstance(data, list) and len(data) == count and all(type(n) is int and 0 <= n < MAX_SIDE for n in data)


class MaskField(TextField):
    """Accept a PNG in base64, and return it as bytes in which there is nothing but its pixels."""

    default_error_messages = {
        "base64": "Must be a PNG in base64.",
        "png": "This stroke cannot be read: {why}.",
        "too_large": f"A stroke may have at most {MAX_MASK_BYTES // 1000} kB.",
    }

    def to_internal_value(self, data: Any) -> Any:
        """Return the PNG. It is checked byte by byte and not decoded: this process has no decoder."""
        text = super().to_internal_value(data)
        if len(text) > MAX_MASK_BYTES * 4 // 3 + 4:
            self.fail("too_large")
        try:
            return plain_png(base64.b64decode(text, validate=True), MAX_MASK_SIDE)
        except UnreadablePng as error:
            self.fail("png", why=str(error))
        except (binascii.Error, ValueError):
            self.fail("base64")


class FiniteField(serializers.FloatField):
    """Accept a number that is one."""

    def to_internal_value(self, data: Any) -> float:
        """Return the number."""
        number = super().to_internal_value(data)
        if not math.isfinite(number):
            self.fail("invalid")
        return number


def pixel_field(side: str) -> serializers.IntegerField:
    """Return a field for a place in a picture, counted from its `side`."""
    help_text = f"Of the tools `pocket` and `effects`: pixels from the {side}."
    return serializers.IntegerField(min_value=0, max_value=MAX_SIDE - 1, required=False, help_text=help_text)


class RefineToolSerializer(serializers.Serializer[Any]):
    """A tool that mends a matte, with the options that it takes; docs/mattes.md tells what each does."""

    tool = serializers.ChoiceField(choices=TOOLS, error_messages={"invalid_choice": NO_TOOL})
    engine = serializers.ChoiceField(choices=ENGINE_CHOICES, required=False, help_text="Of the tool `matte`.")
    x = pixel_field("left")
    y = pixel_field("top")
    mode = serializers.ChoiceField(
        choices=sorted({mode for modes in MODES.values() for mode in modes}),
        required=False,
        help_text="Of `brush`: `keep` or `erase`. Of `pocket`: `open` (default) or `fill`.",
    )
    points = PointsField(required=False, help_text="Of `points`: taps [x, y, 1 to add or 0 to take away].")
    box = BoxField(required=False, allow_null=True, help_text="Of `points`: where the subject is.")
    mask = MaskField(
        required=False,
        max_length=None,
        help_text=(
            f"Of `brush`: the stroke as a PNG in base64, at most {MAX_MASK_SIDE} px a side and"
            f" {MAX_MASK_BYTES // 1000} kB; how white and opaque a pixel is says how much of it is meant."
        ),
    )
    tolerance = serializers.IntegerField(
        min_value=0,
        max_value=255,
        required=False,
        allow_null=True,
        help_text="Of `white`: how far from white still counts as it; null: the border's own noise.",
    )
    shift = FiniteField(
        min_value=-MAX_SHIFT,
        max_value=MAX_SHIFT,
        required=False,
        help_text="Of `edge`: px outwards, below 0 inwards.",
    )
    feather = FiniteField(
        min_value=0, max_value=MAX_FEATHER, required=False, help_text="Of `edge`: px over which it fades."
    )
    decontaminate = serializers.BooleanField(
        required=False, help_text="Of `edge`: whether the background's colour is taken out of it (default: yes)."
    )

    def chosen_tool(self) -> RefineTool:
        """Return the tool with its own options alone; what it needs of them, its own `check` says."""
        sent = self.validated_data
        return RefineTool(sent["tool"], **{name: sent[name] for name in OPTIONS[sent["tool"]] if name in sent})


class RefineFrameSerializer(RefineToolSerializer):
    """A tool, the candidate that it works on, and the frames to apply it to."""

    candidate = serializers.UUIDField(help_text="What is refined; it stays, as the parent of the new one.")
    apply_to = ApplyToField(default="frame", help_text="`frame`, `all`, or a list of indices.")


class ChooseMatteSerializer(serializers.Serializer[Any]):
    """The matte to use."""

    matte = serializers.UUIDField(help_text="One of the source's mattes: the `matte_parent`, or one chosen before.")
