"""Children that are real processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emojiforge.launch.supervisor import Program

Write = Callable[..., Program]


@pytest.fixture
def program(tmp_path: Path) -> Write:
    """Make a program of Python source; its first arguments are those given."""

    def make(name: str, source: str, *arguments: str, last: bool = False) -> Program:
        script = tmp_path / f"{name}.py"
        script.write_text(source)
        return Program(name, (sys.executable, "-I", str(script), *arguments), last=last)

    return make
