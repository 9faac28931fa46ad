"""The options of a generation, checked as far as they can be without its source."""

from __future__ import annotations

from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Final

from animations.actions.errors import ActionError
from animations.matte.engines import MATTE_CHOICES
from animations.models import Project
from animations.motion.sampling import MAX_LOOP_MS

OF_A_CLIP: Final = ("clip_start_ms", "clip_end_ms", "clip_fps")
PLAIN: Final = ("name", "matte", "framing", "frame_count", "frame_ms", "size", "candidates", "clip_start_ms")

Unset = EllipsisType
"""The type of `...`, which keeps what the project has where None is a value (the clip's own end or rate)."""


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """The options of a generation. None keeps what the project has, or its default."""

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
    clip_end_ms: int | Unset | None = ...
    clip_fps: int | Unset | None = ...

    def columns(self) -> dict[str, Any]:
        """Return the project's columns that these options set by themselves, without motion and generator."""
        plain = {name: value for name in PLAIN if (value := getattr(self, name)) is not None}
        return plain | {
            name: value for name in ("clip_end_ms", "clip_fps") if (value := getattr(self, name)) is not ...
        }

    def check(self) -> None:
        """Raise `ActionError` for a number out of bounds or an unknown choice."""
        for name in Project.LIMITS:
            self._check_limits(name)
        self._check_choice("matte", list(dict(MATTE_CHOICES)))
        self._check_choice("framing", Project.Framing.values)
        self._check_choice("generator", Project.Generator.values)
        if self.generator == Project.Generator.VIDEO:
            raise ActionError("unavailable", "Video models cannot be used yet.", "generator")
        self._check_clip_part()

    def _check_limits(self, name: str) -> None:
        least, most = Project.LIMITS[name]
        value = getattr(self, name)
        if value is not None and value is not ... and not least <= value <= most:
            raise ActionError("invalid", f"{name} must be from {least} to {most}.", name)

    def _check_choice(self, name: str, choices: list[str]) -> None:
        value = getattr(self, name)
        if value is not None and value not in choices:
            raise ActionError("invalid_choice", f"There is no {name} “{value}”.", name)

    def _check_clip_part(self) -> None:
        start, end = self.clip_start_ms, self.clip_end_ms
        if isinstance(end, int) and start is not None and not start < end <= start + MAX_LOOP_MS:
            detail = f"The end must come after the beginning, by at most {MAX_LOOP_MS // 1000} s."
            raise ActionError("invalid", detail, "clip_end_ms")
