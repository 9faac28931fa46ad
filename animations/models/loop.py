"""The loop that a project shows: its chosen frames in order, as files and times."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import F

from animations.encode.delays import lend_time
from animations.models.frame import Frame
from animations.models.project import Project

UNFINISHED: Final = "No frame of this emoji is finished yet."


@dataclass(frozen=True, slots=True)
class ChosenLoop:
    """The stored cutouts of the chosen frames, how long each stays (ms), and which frame of the project each is."""

    files: tuple[str, ...]
    delays_ms: tuple[int, ...]
    indices: tuple[int, ...]
    unfinished: tuple[int, ...] = ()
    """Frames without a picture, by index."""

    @property
    def digest(self) -> str:
        """A digest that two loops share only if they show the same: files are named by their bytes."""
        return hashlib.sha256(json.dumps([self.files, self.delays_ms]).encode()).hexdigest()


def chosen_loop(project: Project, generation: int | None = None) -> ChosenLoop:
    """Read the loop of a generation, by default of the current one; it is empty when no frame is finished.

    It begins with the project's poster, since chats show a file's first frame as its still: a loop may begin
    anywhere. A frame without a picture lends its time to its neighbours, as `encode.delays.lend_time` says.
    """
    return _loop_of(project, list(project.frames_of(generation).select_related("chosen")))


def chosen_loops(projects: Sequence[Project]) -> list[ChosenLoop]:
    """Read the loop that each of these projects shows, as `chosen_loop` does, in one query for all."""
    frames = Frame.objects.in_loop().filter(project__in=projects, generation=F("project__generation"))
    held: dict[UUID, list[Frame]] = {project.pk: [] for project in projects}
    for frame in frames.order_by("index").select_related("chosen"):
        held[frame.project_id].append(frame)
    return [_loop_of(project, held[project.pk]) for project in projects]


def _loop_of(project: Project, frames: Sequence[Frame]) -> ChosenLoop:
    delays = lend_time([frame.delay_ms for frame in frames], [frame.chosen is not None for frame in frames])
    shown = [(frame, frame.chosen) for frame in frames if frame.chosen]
    first = next((place for place, (frame, _) in enumerate(shown) if frame.pk == project.poster_id), 0)
    shown = [*shown[first:], *shown[:first]]
    return ChosenLoop(
        files=tuple(str(chosen.cutout) for _, chosen in shown),
        delays_ms=(*delays[first:], *delays[:first]),
        indices=tuple(frame.index for frame, _ in shown),
        unfinished=tuple(frame.index for frame in frames if not frame.chosen),
    )
