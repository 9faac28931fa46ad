"""Validate what clients send: fields, bounds, and messages for what is wrong. What can be done is for the actions."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.search import CHOICES
from animations.actions.projects.timeline import Place, Timeline
from animations.actions.uploads import max_megabytes
from animations.encode.platforms import DITHER, GROUNDS, MAX_LOOPS, PREFER
from animations.ingest.formats import FORMAT_NAMES, MAX_CLIP_MS
from animations.matte.engines import MATTE_CHOICES
from animations.models import Project, ShareLink

NO_SOURCE: Final = "Send a picture or clip."
VERSION_OR_CANDIDATES: Final = "Name a version, or candidates in its place."
MAX_FRAMES: Final = Project.LIMITS["frame_count"][1]


class TextField(serializers.CharField):
    """Accept text, and no number in its place. White space around it counts for its length, as the schema says."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text."""
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
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
        help_text="Frames a second to take of the clip; null keeps its own, up to `frame_count` (24) in all.",
    )

    def validate_name(self, value: str) -> str:
        """Return the name on one line."""
        return " ".join(value.split())

    def options(self) -> GenerateOptions:
        """Return the validated options, without the fields that are not about the frames."""
        names = GenerateOptions.__dataclass_fields__
        return GenerateOptions(**{name: value for name, value in self.validated_data.items() if name in names})


class CreateProjectSerializer(GenerateOptionsSerializer):
    """A new emoji: a picture or clip, and any of the options."""

    source = serializers.FileField(  # type: ignore[assignment]  # a field of ours, not the base's attribute
        required=False,
        allow_empty_file=True,
        help_text=f"{FORMAT_NAMES}, at most {max_megabytes()} MB and {MAX_CLIP_MS // 1000} s.",
    )
    source_of = serializers.UUIDField(
        required=False, help_text="In place of a file: an emoji of yours, whose picture and mattes are used again."
    )
    start = serializers.BooleanField(default=True, help_text="Whether its frames are made at once.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require a file, or an emoji in its place."""
        if ("source" in attrs) == ("source_of" in attrs):
            raise serializers.ValidationError({"source": [ErrorDetail(NO_SOURCE, "required")]})
        return attrs


class EditProjectSerializer(serializers.Serializer[Any]):
    """Another name, other words, another still; what is left out stays as it is."""

    name = TextField(max_length=Project.NAME_LENGTH, required=False)
    tags = serializers.ListField(
        child=TextField(max_length=Project.TAG_LENGTH),
        max_length=Project.MAX_TAGS,
        required=False,
        help_text="Words and emoji to find it by; stores file it under the emoji.",
    )
    alt_text = TextField(
        max_length=Project.ALT_TEXT_LENGTH,
        required=False,
        allow_blank=True,
        help_text="What it shows, for who cannot see it.",
    )
    poster = serializers.IntegerField(
        min_value=0,
        max_value=MAX_FRAMES - 1,
        required=False,
        allow_null=True,
        help_text="The index of the frame shown when still; null for the first one.",
    )


class ProjectSearchSerializer(serializers.Serializer[Any]):
    """Which of your emojis to list; a filter that is empty, as a form sends it, lets all through."""

    q = TextField(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="Words of name, motion or tags; all of them.",
    )
    status = serializers.ChoiceField(choices=CHOICES["status"], required=False, allow_blank=True)
    platform = serializers.ChoiceField(
        choices=CHOICES["platform"],
        required=False,
        allow_blank=True,
        help_text="A file was made for this platform.",
    )
    kind = serializers.ChoiceField(
        choices=CHOICES["kind"],
        required=False,
        allow_blank=True,
        help_text="Drawn from a picture, or a clip with its own motion.",
    )
    trashed = serializers.BooleanField(
        default=False, help_text="Those that you have deleted within the last ten minutes, instead."
    )


class ChooseCandidateSerializer(serializers.Serializer[Any]):
    """The candidate to show."""

    candidate = serializers.UUIDField()


class ChooseForAllSerializer(serializers.Serializer[Any]):
    """The choice for all frames: one version, or candidates by id."""

    version = serializers.IntegerField(
        min_value=0,
        required=False,
        help_text="The ordinal of a version; frames where it is not ready stay as they are.",
    )
    candidates = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=MAX_FRAMES,
        required=False,
        help_text="In place of a version: candidates, each for its own frame. Other frames stay as they are. An "
        "empty list changes nothing: it is the `undo` of a choice that changed nothing.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require one of the two."""
        if len(attrs) != 1:
            raise serializers.ValidationError({"version": [ErrorDetail(VERSION_OR_CANDIDATES, "invalid")]})
        return attrs


class RetryFrameSerializer(serializers.Serializer[Any]):
    """Other words for one frame."""

    prompt = TextField(max_length=Project.PROMPT_LENGTH)
    candidates = bounded_integer("candidates", default=2)
    candidate = serializers.UUIDField(
        required=False, help_text="The candidate to compare with: “higher” than this one. Default: the chosen one."
    )


class ExportOptionsSerializer(serializers.Serializer[Any]):
    """Choices that hold for every file of a request."""

    prefer = serializers.ChoiceField(
        PREFER,
        allow_null=True,
        default=None,
        help_text="What is kept longest under a byte limit: frames, quality or pixels; null is the least harm.",
    )
    ground = serializers.ChoiceField(
        GROUNDS, allow_null=True, default=None, help_text="The theme that hard edges are made for, of a GIF."
    )
    loops = serializers.IntegerField(
        min_value=0, max_value=MAX_LOOPS, default=0, help_text="0 is for ever. A platform's own rule wins."
    )
    dither = serializers.ChoiceField(
        DITHER,
        allow_null=True,
        default=None,
        help_text="Mix the colours of a GIF in a pattern; null does so where that is measured to look better.",
    )


class CreateExportsSerializer(serializers.Serializer[Any]):
    """The platforms to make files for."""

    platforms = serializers.ListField(child=TextField(max_length=40), min_length=1, max_length=40)
    options = ExportOptionsSerializer(required=False)


class PreviewSerializer(serializers.Serializer[Any]):
    """The platform whose file is looked at."""

    platform = TextField(max_length=40)


class ChooseGenerationSerializer(serializers.Serializer[Any]):
    """The generation to show."""

    generation = serializers.IntegerField(min_value=1, help_text="The project's `kept_generation`.")


class PlaceSerializer(serializers.Serializer[Any]):
    """A place in the loop."""

    frame = serializers.UUIDField(help_text="The frame that is shown; named again, it is held as a further frame.")
    delay_ms = bounded_integer("frame_ms", help_text="How long it stays.")


class TimelineSerializer(serializers.Serializer[Any]):
    """The whole new order of the frames."""

    frames = serializers.ListField(
        child=PlaceSerializer(),
        min_length=Project.LIMITS["frame_count"][0],
        max_length=MAX_FRAMES,
        help_text="A frame that is left out is removed; for a day it can be named again.",
    )
    revision = serializers.IntegerField(
        min_value=0, help_text="The project's, as its frames were read: 409 `stale` where they have changed since."
    )

    def timeline(self) -> Timeline:
        """Return the validated timeline."""
        data = self.validated_data
        return Timeline([Place(**place) for place in data["frames"]], data["revision"])


class ReadMotionSerializer(serializers.Serializer[Any]):
    """Words to be read."""

    text = TextField(max_length=Project.PROMPT_LENGTH, help_text="A motion in English words, as “subtle bounce”.")


class ShareSerializer(serializers.Serializer[Any]):
    """The days for which a private link is valid."""

    days = serializers.ChoiceField(
        choices=ShareLink.Days.values, default=ShareLink.Days.WEEK.value, help_text="Then the link ends by itself."
    )
