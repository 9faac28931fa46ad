"""What a person may choose about a take, checked as far as it can be without knowing what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Final

from animations.actions.errors import ActionError
from animations.matte.engines import MATTE_CHOICES
from animations.models import Project
from animations.motion.sampling import LONGEST_MS

OF_A_CLIP: Final = ("clip_start_ms", "clip_end_ms", "clip_fps")
PLAIN: Final = ("name", "matte", "framing", "frame_count", "frame_ms", "size", "candidates")

Unset = int | EllipsisType | None
"""Of what may be nothing (the clip's own end, its own frames): None says so, and `...` keeps what the project has."""


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """What a person may choose about a take. None keeps what the project has, or its default."""

    name: str | None = None
    preset: str | None = None
    prompt: str | None = None
    frame_count: int | None = None
    frame_ms: int | None = None
    size: int | None = None
    candidates: int | None = None
    matte: str | None = None
    framing: str | None = None
    generator: str | None = None
    clip_start_ms: int | None = None
    clip_end_ms: Unset = ...
    clip_fps: Unset = ...

    def fields(self) -> dict[str, Any]:
        """The project's columns that these choices set by themselves, checked. Raises `ActionError`."""
        for name in Project.LIMITS:
            self._check_bounds(name)
        self._check_choices()
        plain = {name: getattr(self, name) for name in PLAIN if getattr(self, name) is not None}
        return plain | self.clip_fields()

    def clip_fields(self) -> dict[str, Any]:
        """Those about the part of a clip that is taken."""
        named = {name: getattr(self, name) for name in OF_A_CLIP if getattr(self, name) is not ...}
        if self.clip_start_ms is None:
            named.pop("clip_start_ms")
        return named

    def _check_bounds(self, name: str) -> None:
        least, most = Project.LIMITS[name]
        value = getattr(self, name)
        if value is not None and value is not ... and not least <= value <= most:
            raise ActionError("invalid", f"{name} must be from {least} to {most}.", name)

    def _check_choices(self) -> None:
        if self.matte is not None and self.matte not in dict(MATTE_CHOICES):
            raise ActionError("invalid_choice", f"There is no matte “{self.matte}”.", "matte")
        if self.framing is not None and self.framing not in Project.Framing.values:
            raise ActionError("invalid_choice", f"There is no framing “{self.framing}”.", "framing")
        if self.generator is not None and self.generator not in Project.Generator.values:
            raise ActionError("invalid_choice", f"There is no generator “{self.generator}”.", "generator")
        if self.generator == Project.Generator.VIDEO:
            raise ActionError("unavailable", "Video models cannot be used yet.", "generator")
        start, end = self.clip_start_ms or 0, self.clip_end_ms
        if isinstance(end, int) and self.clip_start_ms is not None and not start < end <= start + LONGEST_MS:
            detail = f"The end must come after the beginning, by at most {LONGEST_MS // 1000} s."
            raise ActionError("invalid", detail, "clip_end_ms")
