"""Validate what clients send: fields, bounds, and messages for what is wrong. What can be done is for the actions."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from animations.actions.plan.options import GenerateOptions
from animations.actions.refine.tools import RefineTool
from animations.actions.uploads import max_megabytes
from animations.ingest.formats import FORMAT_NAMES, MAX_CLIP_MS, MAX_SIDE
from animations.matte.engines import ENGINE_CHOICES, MATTE_CHOICES
from animations.matte.refine_tools import NO_TOOL, OPTIONS, TOOLS
from animations.models import Project

MAX_FRAMES: Final = Project.LIMITS["frame_count"][1]


class TextField(serializers.CharField):
    """Accept text, and no number in its place."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def bounded_integer(name: str, **options: Any) -> serializers.IntegerField:
    """Return a field with the bounds that the model has for `name`."""
    least, most = Project.LIMITS[name]
    return serializers.IntegerField(min_value=least, max_value=most, **options)


class GenerateOptionsSerializer(serializers.Serializer[Any]):
    """The options of a generate; what is left out stays as it is."""

    name = TextField(max_length=Project.NAME_LENGTH, required=False)
    preset = serializers.SlugField(required=False)
    prompt = TextField(max_length=Project.PROMPT_LENGTH, required=False)
    frame_count = bounded_integer("frame_count", required=False)
    frame_ms = bounded_integer("frame_ms", required=False)
    size = bounded_integer("size", required=False)
    candidates = bounded_integer("candidates", required=False)
    matte = serializers.ChoiceField(choices=MATTE_CHOICES, required=False)
    framing = serializers.ChoiceField(
        choices=Project.Framing.choices,
        required=False,
        help_text="`crop` to what the picture or clip shows, or keep its `whole` canvas.",
    )
    generator = serializers.ChoiceField(choices=Project.Generator.choices, required=False)
    clip_start_ms = bounded_integer("clip_start_ms", required=False, help_text="Where in the clip the loop begins.")
    clip_end_ms = bounded_integer(
        "clip_end_ms",
        required=False,
        allow_null=True,
        help_text="Where it ends, at most 10 s later; null: its own end, long stays shortened to fit 10 s.",
    )
    clip_fps = bounded_integer(
        "clip_fps",
        required=False,
        allow_null=True,
        help_text="Frames a second to take of the clip; null keeps its own, up to 60 in all.",
    )

    def options(self) -> GenerateOptions:
        """Return the validated options, without the fields that are not about the frames."""
        names = GenerateOptions.__dataclass_fields__
        return GenerateOptions(**{name: value for name, value in self.validated_data.items() if name in names})


class CreateProjectSerializer(GenerateOptionsSerializer):
    """A new emoji: a picture or clip, and any of the options."""

    source = serializers.FileField(  # type: ignore[assignment]  # a field of ours, not the base's attribute
        allow_empty_file=True,
        help_text=f"{FORMAT_NAMES}, at most {max_megabytes()} MB and {MAX_CLIP_MS // 1000} s.",
    )
    start = serializers.BooleanField(default=True, help_text="Whether its frames are made at once.")


class RenameProjectSerializer(serializers.Serializer[Any]):
    """Another name."""

    name = TextField(max_length=Project.NAME_LENGTH, required=False)


class ChooseCandidateSerializer(serializers.Serializer[Any]):
    """The candidate to show."""

    candidate = serializers.UUIDField()


class RetryFrameSerializer(serializers.Serializer[Any]):
    """Other words for one frame."""

    prompt = TextField(max_length=Project.PROMPT_LENGTH)
    candidates = bounded_integer("candidates", default=2)
    candidate = serializers.UUIDField(
        required=False, help_text="The candidate to compare with: “higher” than this one. Default: the chosen one."
    )


INDICES: Final = {
    "type": "array",
    "items": {"type": "integer", "minimum": 0, "maximum": MAX_FRAMES - 1},
    "minItems": 1,
    "maxItems": MAX_FRAMES,
}


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


def pixel_field(side: str) -> serializers.IntegerField:
    """Return a field for a place in a picture, counted from its `side`."""
    help_text = f"Of the tool `pocket`: pixels from the {side}."
    return serializers.IntegerField(min_value=0, max_value=MAX_SIDE - 1, required=False, help_text=help_text)


class RefineToolSerializer(serializers.Serializer[Any]):
    """A tool: `matte` cuts out anew with another engine; `pocket` opens enclosed background of one colour."""

    tool = serializers.ChoiceField(choices=TOOLS, error_messages={"invalid_choice": NO_TOOL})
    engine = serializers.ChoiceField(choices=ENGINE_CHOICES, required=False, help_text="Of the tool `matte`.")
    x = pixel_field("left")
    y = pixel_field("top")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require the fields that the chosen tool needs."""
        needed = (name for name in OPTIONS[attrs["tool"]] if name not in attrs)
        missing = {name: [ErrorDetail("This field is required.", "required")] for name in needed}
        if missing:
            raise serializers.ValidationError(missing)
        return attrs

    def chosen_tool(self) -> RefineTool:
        """Return the validated tool."""
        sent = self.validated_data
        return RefineTool(sent["tool"], sent.get("engine", ""), sent.get("x"), sent.get("y"))


class RefineFrameSerializer(RefineToolSerializer):
    """A tool, the candidate that it works on, and the frames to apply it to."""

    candidate = serializers.UUIDField(help_text="What is refined; it stays, as the parent of the new one.")
    apply_to = ApplyToField(default="frame", help_text="`frame`, `all`, or a list of indices.")


class ChooseMatteSerializer(serializers.Serializer[Any]):
    """The matte to use."""

    matte = serializers.UUIDField(help_text="The `matte_parent` of the source: what its matte in use was made from.")


class CreateExportsSerializer(serializers.Serializer[Any]):
    """The platforms to make files for."""

    platforms = serializers.ListField(child=TextField(max_length=40), min_length=1, max_length=40)


class ReadMotionSerializer(serializers.Serializer[Any]):
    """Words to be read."""

    text = TextField(max_length=Project.PROMPT_LENGTH, help_text="A motion in English words, as “subtle bounce”.")
