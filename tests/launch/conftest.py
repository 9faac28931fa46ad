"""Children that are real processes, and waiting that ends as soon as what is waited for is there."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from emojiforge.launch.supervisor import Program

PATIENCE_S: Final = 20.0

Write = Callable[..., Program]


def eventually(holds: Callable[[], object], patience: float = PATIENCE_S) -> None:
    """Until `holds()`; fails after `patience` seconds."""
    give_up = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < give_up, "it never came true"
        time.sleep(0.02)


@pytest.fixture
def program(tmp_path: Path) -> Write:
    """Makes a program of Python source; its first arguments are the words given."""

    def make(name: str, source: str, *words: str, last: bool = False) -> Program:
        script = tmp_path / f"{name}.py"
        script.write_text(source)
        return Program(name, (sys.executable, "-I", str(script), *words), last=last)

    return make
