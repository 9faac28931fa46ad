"""A copy of the tree in which mutants are tried, one at a time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from tools.mutate.mutants import ROOT, Mutant
from tools.mutate.trace import TRACE, Trace, instrument
from tools.mutate.warm import WarmRuns

QUICK: Final = 10
"""So many of the quickest tests come first: most mutants are noticed by one of them."""
QUICK_S: Final = 60.0
ALL_S: Final = 600.0
TRACED_S: Final = 3600.0
PYTEST: Final = ("-p", "no:cacheprovider", "--nomigrations", "-m", "not browser and not stack")
NOT_TRACED: Final = ("--ignore=tests/fuzz", "--ignore=tests/emojiforge")
"""Tests of the server around the rooms: they take minutes, and others enter all that they do."""
LEFT_OUT: Final = shutil.ignore_patterns(
    ".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache", ".hypothesis", ".bench"
)


class Copy:
    """A copy of the tree, with the environments of the original."""

    def __init__(self, directory: Path) -> None:
        self.tree = directory / "tree"
        shutil.copytree(ROOT, self.tree, ignore=LEFT_OUT)
        for environment in (".venv", "gpu_worker/.venv"):
            (self.tree / environment).symlink_to((ROOT / environment).resolve())
        self._environment = {**os.environ, "DATA_DIR": str(directory / "var"), "PYTHONDONTWRITEBYTECODE": "1"}

    def trace(self, rooms: Sequence[str], folder: Path) -> Trace:
        """Run the tests once without any mutant, in as many processes as there are cores."""
        instrument(self.tree, rooms)
        self._environment[TRACE] = str(folder)
        self._runs.run([*PYTEST, *NOT_TRACED, "-p", "tools.mutate.trace", "--numprocesses", "auto"], TRACED_S)
        return Trace.read(folder)

    def notices(self, mutant: Mutant, trace: Trace) -> bool:
        """Return whether any test fails with it: one of those that enter the function, or of its own room.

        Tests of the room may enter it in a process that was started before them, for all of them.
        """
        tests, own = trace.tests_of(str(mutant)), [f"tests/{mutant.room}"]
        own += [f"--deselect={test}" for test in trace.failed if test.startswith(own[0])]
        path = self.tree / mutant.path
        before = path.read_text()
        path.write_text(mutant.source)
        try:
            return not (
                self._pass(tests[:QUICK], QUICK_S) and self._pass(tests[QUICK:], ALL_S) and self._pass(own, ALL_S)
            )
        finally:
            path.write_text(before)

    def _pass(self, tests: Sequence[str], seconds: float) -> bool:
        """Return whether the tests pass; hanging is failing."""
        return not tests or self._runs.run([*PYTEST, "-x", "--numprocesses", "0", *tests], seconds) == 0

    @cached_property
    def _runs(self) -> WarmRuns:
        return WarmRuns(self.tree, self._environment)

    def close(self) -> None:
        """End the process that runs the tests."""
        self._runs.close()
