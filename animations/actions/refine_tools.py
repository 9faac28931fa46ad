"""The tools that mend a matte, and what each must be told. The same for a frame and for the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from animations.actions.errors import ActionError
from animations.matte.engine import ENGINES

MATTE: Final = "matte"
"""Makes the matte anew with `engine`."""
POCKET: Final = "pocket"
"""Opens the background of one colour that the subject encloses at (`x`, `y`)."""
TOOLS: Final = (MATTE, POCKET)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool and its options; `x` and `y` are px of the picture that is refined."""

    name: str
    engine: str = ""
    x: int | None = None
    y: int | None = None

    def check(self) -> None:
        """Raise `ActionError` for a tool there is not, or one that lacks what it must be told."""
        if self.name not in TOOLS:
            named = " and ".join(f"“{each}”" for each in TOOLS)
            raise ActionError("invalid_choice", f"There is no tool “{self.name}” yet. There are {named}.", "tool")
        if self.name == MATTE and self.engine not in ENGINES:
            raise ActionError("invalid_choice", f"There is no engine “{self.engine}”.", "engine")
        for attr in ("x", "y") if self.name == POCKET else ():
            value = getattr(self, attr)
            if value is None or value < 0:
                raise ActionError("required", "Say where to open it, in pixels of the picture.", attr)

    def params(self) -> dict[str, Any]:
        """What a job must know of it, as JSON."""
        options = {"engine": self.engine} if self.name == MATTE else {"x": self.x, "y": self.y}
        return {"tool": self.name, **options}
