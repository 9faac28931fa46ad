"""Which tests enter which functions: every public function of a copy of the tree reports where it is entered.

Trying a mutant with the tests that never run its function is of no use, and those are most of them. Processes that a
test starts report too: the name of the test is in the environment that they inherit.
"""

from __future__ import annotations

import ast
import os
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.mutate.mutants import ROOMS, is_docstring, public_functions

if TYPE_CHECKING:
    import pytest  # the GPU worker reports too, and has none

TRACE: Final = "MUTATE_TRACE"
"""The variable of the environment that names the folder for reports."""
_reported: set[tuple[str, str]] = set()


def enter(function: str) -> None:
    """Report that the test that runs now has entered the function; once is enough."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    if test and (function, test) not in _reported:
        _reported.add((function, test))
        with suppress(KeyError, OSError):  # a process without an environment, or without the right to write
            _append("entered", f"{function}\t{test}\n")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down how long a test, or its set-up, took, and how it ended; the process that ran it does."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        _append("reports", f"{report.duration:.3f}\t{report.outcome}\t{report.nodeid}\n")


def _append(name: str, line: str) -> None:
    path = Path(os.environ[TRACE], name)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)


def instrument(tree: Path, rooms: Iterable[str]) -> None:
    """Let every public function of the rooms in `tree` report."""
    for room in rooms:
        for path in (tree / ROOMS[room]).rglob("*.py"):
            module = ast.parse(path.read_text())
            for name, function in public_functions(module):
                key = f"{path.relative_to(tree)}:{function.lineno} {name}"
                after_docstring = int(is_docstring(function.body[0]))
                function.body.insert(after_docstring, _report(key))
            path.write_text(ast.unparse(module))


def _report(function: str) -> ast.stmt:
    """Return the statement; it imports by a call, so that the contracts about imports see nothing new."""
    return ast.parse(f"__import__('tools.mutate.trace', fromlist=['enter']).enter({function!r})").body[0]


@dataclass
class Trace:
    """For each function, the tests that enter it, the quickest first."""

    _tests: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    failed: set[str] = field(default_factory=set)
    """Tests that fail without any change: they tell nothing."""

    @classmethod
    def read(cls, folder: Path) -> Trace:
        """Read what the run has written into `folder`."""
        trace = cls()
        for line in (folder / "entered").read_text().splitlines():
            function, test = line.split("\t", 1)
            trace._tests[function].add(test)
        for line in (folder / "reports").read_text().splitlines():
            seconds, outcome, test = line.split("\t", 2)
            trace._seconds[test] += float(seconds)
            if outcome == "failed":
                trace.failed.add(test)
        return trace

    def tests_of(self, function: str) -> list[str]:
        """Return the names of the tests that entered the function and passed."""
        return sorted(self._tests[function] - self.failed, key=lambda test: (self._seconds[test], test))
