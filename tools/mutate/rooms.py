"""The packages whose functions are emptied."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
ROOMS: Final = {
    "actions": "animations/actions",
    "work": "animations/work",
    "gpu": "gpu",
    "motion": "animations/motion",
    "encode": "animations/encode",
}
"""Tests of a room are in `tests/<its name>`."""
