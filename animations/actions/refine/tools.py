"""The tools that refine a matte, with their options; the same for a frame and for the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from animations.actions.errors import ActionError
from animations.matte.engines import ENGINE_SLUGS
from animations.matte.refine_tools import MATTE, NO_TOOL, OPTIONS, POCKET


@dataclass(frozen=True, slots=True)
class RefineTool:
    """A tool and its options; `x` and `y` are px of the picture that is refined."""

    name: str
    engine: str = ""
    x: int | None = None
    y: int | None = None

    def check(self) -> None:
        """Raise `ActionError` for an unknown tool, or one that lacks an option."""
        if self.name not in OPTIONS:
            raise ActionError("invalid_choice", NO_TOOL.format(input=self.name), "tool")
        if self.name == MATTE and self.engine not in ENGINE_SLUGS:
            raise ActionError("invalid_choice", f"There is no engine “{self.engine}”.", "engine")
        for attr in OPTIONS[POCKET] if self.name == POCKET else ():
            value = getattr(self, attr)
            if value is None or value < 0:
                raise ActionError("required", "Say where to open it, in pixels of the picture.", attr)

    def params(self) -> dict[str, Any]:
        """Return the tool and its options as a job's params."""
        return {"tool": self.name} | {name: getattr(self, name) for name in OPTIONS[self.name]}
