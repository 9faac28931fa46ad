"""A copy of the tree in which mutants are tried, one at a time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tools.mutate.mutants import ROOT, Mutant
from tools.mutate.trace import TRACE, Trace, instrument

QUICK: Final = 40
"""So many of the quickest tests come first: most mutants are noticed by one of them."""
QUICK_S: Final = 120.0
ALL_S: Final = 600.0
TRACED_S: Final = 3600.0
UNMARKED: Final = "not browser and not stack"
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
        self._run(["-p", "tools.mutate.trace", "--numprocesses", "auto"], TRACED_S, quiet=False)
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
        return not tests or self._run(["-x", "--numprocesses", "0", *tests], seconds)

    def _run(self, arguments: Sequence[str], seconds: float, *, quiet: bool = True) -> bool:
        """Return whether pytest passes; hanging is failing."""
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", UNMARKED, *arguments]
        return ends_well(command, self.tree, self._environment, seconds, quiet=quiet)


def ends_well(
    command: Sequence[str], directory: Path, environment: Mapping[str, str], seconds: float, *, quiet: bool = True
) -> bool:
    """Return whether the command ends with 0 in time. What it has started (a server for Redis, say) ends with it."""
    output = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(  # noqa: S603  (the commands are ours)
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        process_group=0,
    )
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
