"""The types of what the API and the socket send.

The annotations (a format, or a set of choices) are read by the API's schema; to Python they are plain strings.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict, overload
from uuid import UUID

from animations.finish.options import FITS, PLACES
from animations.matte.engines import MATTE_CHOICES
from animations.matte.refine_tools import Pocket, Spark
from animations.models import Candidate, Frame, Job, Project, Source
from animations.models.project import Note

Id = Annotated[str, "uuid"]
Time = Annotated[str, "date-time"]


def format_id(value: UUID | None) -> str | None:
    """Format a key as an `Id`."""
    return str(value) if value else None


@overload
def format_time(value: datetime) -> str: ...
@overload
def format_time(value: datetime | None) -> str | None: ...
def format_time(value: datetime | None) -> str | None:
    """Format a time as ISO 8601 in UTC, ending in Z."""
    return value.isoformat().replace("+00:00", "Z") if value else None


class CandidatePayload(TypedDict):
    id: Id
    ordinal: int
    """The version of the loop that it belongs to, from 0; those after the versions were made of what was there."""
    status: Annotated[str, Candidate.Status]
    origin: Annotated[str, Candidate.Origin]
    parent: Id | None
    prompt: str
    engine: str
    """The matting engine that made its alpha; `none` where it is the picture's own."""
    picture_url: str | None
    alpha_url: str | None
    cutout_url: str | None
    preview_url: str | None
    seam: float | None
    warning: str
    confidence: float | None
    """How sure it is (0 to 1), where another frame's correction was carried to it: it waits to be chosen."""
    carried_by: str
    """By `sam_clip` or by `flow`; else empty."""
    error: str
    cancelled: bool
    """Whether it failed because a person cancelled its job."""


class FramePayload(TypedDict):
    id: Id
    index: int
    """Its place in the loop, from 0; `id` stays when frames are moved."""
    delay_ms: int
    status: Annotated[str, Frame.Status]
    chosen: Id | None
    candidates: list[CandidatePayload]


class GpuUse(TypedDict):
    calls: int
    frames: int
    delay_ms: int
    execution_ms: int
    cost_usd: float


class JobPayload(TypedDict):
    id: Id
    project: Id
    kind: Annotated[str, Job.Kind]
    frame: Id | None
    status: Annotated[str, Job.Status]
    done: int
    """Never falls; of an export, in hundredths of a file."""
    total: int
    error: str
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    waiting_since: Time | None
    estimate_ms: int | None
    """The time that a live generate is expected to take from its start, if that is known."""
    gpu: GpuUse


class ClipPayload(TypedDict):
    duration_ms: int
    frames: int


class PocketPayload(Pocket):
    """A region inside the source's keyed matte that may be a hole: its box and a pixel in it, in px of the source."""


class SparkPayload(Spark):
    """A small part that the source's matte has dropped and that may belong to the subject, as a pocket is told."""


class MattePayload(TypedDict):
    id: Id
    parent: Id | None
    engine: str
    tool: str
    """The refine tool that made it; "" for one that was made unasked."""
    alpha_url: str
    cutout_url: str
    created_at: Time


class SourcePayload(TypedDict):
    kind: Annotated[str, Source.Kind]
    url: str
    alpha_url: str | None
    cutout_url: str | None
    width: int
    height: int
    ground: Annotated[str, Source.Background]
    matte: Id | None
    matte_parent: Id | None
    pockets: list[PocketPayload]
    """Regions that may be holes: closed, until a person opens them."""
    holes: list[PocketPayload]
    """Regions that are surely holes, and were opened unasked; a person may fill them."""
    sparks: list[SparkPayload]
    clip: ClipPayload | None


class MotionPayload(TypedDict):
    preset: str | None
    prompt: str
    understood_as: str
    words: str
    """`understood_as` in English, which is what is read."""


class ProgressPayload(TypedDict):
    done: int
    """Frames that are ready; one that is drawn again is not meanwhile."""
    total: int
    failed: int


class NotePayload(Note):
    """A note on what was done unasked in this generation, in a sentence or two."""


class PlacementPayload(TypedDict):
    fit: Annotated[str, FITS]
    zoom: float
    x: float
    y: float
    flip: bool
    ground: float | None


class OutlinePayload(TypedDict):
    width: float
    colour: str


class ShadowPayload(TypedDict):
    colour: str
    opacity: float
    blur: float
    distance: float


class CaptionPayload(TypedDict):
    text: str
    colour: str
    stroke: str | None
    arc: float
    place: Annotated[str, PLACES]


class FinishPayload(TypedDict):
    """The finish of a project's files; see `finish.options` for the units."""

    placement: PlacementPayload
    outline: OutlinePayload | None
    shadow: ShadowPayload | None
    caption: CaptionPayload | None


class ProjectSettingsPayload(TypedDict):
    """How a project's frames are made and shown."""

    generator: Annotated[str, Project.Generator]
    frame_count: int
    frame_ms: int
    size: int
    candidates: int
    clip_start_ms: int
    clip_end_ms: int | None
    clip_fps: int | None
    matte: Annotated[str, MATTE_CHOICES]
    framing: Annotated[str, Project.Framing]
    finish: FinishPayload
    pixel_art: bool


class ProjectPayload(ProjectSettingsPayload):
    id: Id
    name: str
    status: Annotated[str, Project.Status]
    job: JobPayload | None
    source: SourcePayload
    motion: MotionPayload
    poster: int | None
    """The index of the frame shown when still; null: the first one."""
    alt_text: str
    tags: list[str]
    notes: list[NotePayload]
    generation: int
    kept_generation: int | None
    """The generation before, whose frames can be shown again."""
    revision: int
    """Rises with every change of the project, its frames, jobs or exports."""
    progress: ProgressPayload
    thumbnail_url: str | None
    set: Id | None
    """The set that it belongs to."""
    created_at: Time
    updated_at: Time


class VersionPayload(TypedDict):
    """The candidates of one ordinal, which are a loop of their own."""

    ordinal: int
    difference: str
    """Its difference from the first version, in words; "" for the first."""


class ProjectDetailPayload(ProjectPayload):
    frames: list[FramePayload]
    versions: list[VersionPayload]


class SetPayload(TypedDict):
    """A set; its status and progress follow from its projects'."""

    id: Id
    name: str
    status: Annotated[str, Project.Status]
    progress: ProgressPayload
    projects: list[ProjectPayload]
    cover: Id
    """The project that stands for it: the one chosen, or its first."""
    created_at: Time


class PlacePayload(TypedDict):
    frame: Id
    delay_ms: int


class TimelinePayload(TypedDict):
    frames: list[PlacePayload]
    revision: int


class RearrangedProjectPayload(ProjectDetailPayload):
    undo: TimelinePayload
    """The request that takes it back."""


class FinishedProjectPayload(ProjectDetailPayload):
    undo: FinishPayload
    """The request that takes it back."""


class UsagePayload(TypedDict):
    day: str
    calls: int
    gpu_seconds: float
    cost_usd: float
    limit_seconds: int
    spent_seconds: float
    reserved_seconds: float
    projects: int
    projects_limit: int
    stored_bytes: int
    """As last counted: a project is counted anew some minutes after its last change."""
    stored_bytes_limit: int
    live_jobs: int
    live_jobs_limit: int
    resets_at: Time
