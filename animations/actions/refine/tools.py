"""The tools that refine a matte, with their options; the same for a frame and for the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from animations import storage
from animations.actions.engines import points_engine
from animations.actions.errors import ActionError
from animations.matte.engines import ENGINE_SLUGS
from animations.matte.engines import WHITE as WHITE_ENGINE
from animations.matte.refine_tools import (
    BRUSH,
    EFFECTS,
    MATTE,
    MODES,
    NO_TOOL,
    OPEN,
    OPTIONS,
    POCKET,
    POINTS,
    REQUIRED,
    WHITE,
)
from animations.models import Project

STROKE_FORMAT: Final = "png"
NEEDED: Final = "This field is required."
NO_PLACE: Final = "Say where, in pixels of the picture: both x and y."
NO_POINTS: Final = "Tap the picture at least once, or draw a box round the subject."


@dataclass(frozen=True, slots=True)
class RefineTool:
    """A tool and its options, as `animations.matte.refine_tools` names them; places are px of what is refined.

    `mask` is a plain PNG (`animations.imaging.plain_png`). `engine` is the one that makes the new matte, "" where
    that is the one that made the old.
    """

    name: str
    engine: str = ""
    x: int | None = None
    y: int | None = None
    mode: str = ""
    points: Sequence[Sequence[int]] = ()
    box: Sequence[int] | None = None
    mask: bytes = b""
    tolerance: int | None = None
    shift: float = 0.0
    feather: float = 0.0
    decontaminate: bool = True

    def check(self) -> None:
        """Raise `ActionError` for an unknown tool, or one that lacks an option."""
        if self.name not in OPTIONS:
            raise ActionError("invalid_choice", NO_TOOL.format(input=self.name), "tool")
        self._check_required()
        if self.name == MATTE and self.engine not in ENGINE_SLUGS:
            raise ActionError("invalid_choice", f"There is no engine “{self.engine}”.", "engine")
        modes = MODES.get(self.name)
        if modes and (self.mode or modes[0]) not in modes:
            detail = f"Of “{self.name}” it is " + " or ".join(f"“{mode}”" for mode in modes) + "."
            raise ActionError("invalid_choice", detail, "mode")
        if min(self.x or 0, self.y or 0) < 0:
            raise ActionError("invalid", NO_PLACE, "x" if (self.x or 0) < 0 else "y")

    def _check_required(self) -> None:
        needed = REQUIRED.get(self.name, ())
        if self.name == EFFECTS and (self.x is None) != (self.y is None):
            needed = ("x", "y")
        for name in needed:
            if getattr(self, name) in (None, "", b""):
                raise ActionError("required", NO_PLACE if name in ("x", "y") else NEEDED, name)
        if self.name == POINTS and not self.points and not self.box:
            raise ActionError("required", NO_POINTS, "points")

    def check_within(self, width: int, height: int) -> None:
        """Raise `ActionError` for a place outside a picture of this size."""
        for attr, value, side in (("x", self.x, width), ("y", self.y, height)):
            if value is not None and value >= side:
                raise ActionError("invalid", f"The picture ends at {side - 1}.", attr)
        if any(x >= width or y >= height for x, y, _ in self.points):
            raise ActionError("invalid", f"The picture ends at {width - 1}, {height - 1}.", "points")

    def with_engine(self, project: Project) -> RefineTool:
        """Return the tool with the engine that it will use: of taps, SAM 2 where that can be had."""
        if self.name == POINTS:
            return replace(self, engine=points_engine(project))
        return replace(self, engine=WHITE_ENGINE) if self.name == WHITE else self

    def params(self, project_id: UUID) -> dict[str, Any]:
        """Return the tool and its options as a job's params, in which a stroke is the name of its file."""
        options: dict[str, Any] = {name: getattr(self, name) for name in OPTIONS[self.name]}
        if self.name == POCKET:
            options["mode"] = self.mode or OPEN
        if self.name == BRUSH:
            options["mask"] = storage.name_of(project_id, self.mask, STROKE_FORMAT)
        if self.engine:
            options["engine"] = self.engine
        return {"tool": self.name, **options}

    def store_stroke(self, project_id: UUID) -> None:
        """Store the stroke, if there is one, for a job that was enqueued: when that is over the file is swept up."""
        if self.name == BRUSH:
            storage.save(project_id, self.mask, STROKE_FORMAT)
