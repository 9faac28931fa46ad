"""Which public functions could be empty without a test noticing? `python -m tools.mutate [--room ROOM] [--jobs N]`.

In a copy of the tree, one public function after the other loses its body (it returns None; a generator yields
nothing; a context manager does nothing), and the tests run: first those of its own room, then, if it survived, all
others that need neither a browser nor the whole stack. Survivors are listed; there must be none.
"""

from __future__ import annotations

import argparse
import ast
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
ROOMS: Final = {
    "actions": "animations/actions",
    "work": "animations/work",
    "gpu": "gpu",
    "motion": "animations/motion",
    "encode": "animations/encode",
}
"""Tests of a room are in `tests/<its name>`."""
OWN_TESTS_S: Final = 180.0
ALL_TESTS_S: Final = 600.0
UNMARKED: Final = "not browser and not stack"
LEFT_OUT: Final = shutil.ignore_patterns(
    ".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache", ".hypothesis", ".bench"
)
Function = ast.FunctionDef | ast.AsyncFunctionDef
NOT_OURS: Final = {"abstractmethod", "overload"}


@dataclass(frozen=True)
class Mutant:
    """The function `name` of the file `path`, without its body: `source` is the whole file then."""

    room: str
    path: Path
    name: str
    line: int
    source: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.name}"


def mutants(room: str, root: Path = ROOT) -> Iterator[Mutant]:
    """Make one mutant for each public function of the room."""
    for path in sorted((root / ROOMS[room]).rglob("*.py")):
        source = path.read_text()
        for name, function in public_functions(ast.parse(source)):
            yield Mutant(room, path.relative_to(root), name, function.lineno, emptied(source, function))


def public_functions(module: ast.Module) -> Iterator[tuple[str, Function]]:
    """Functions of the module and methods of its public classes that have a body to lose."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not is_protocol(node):
            for inner in node.body:
                if isinstance(inner, Function) and has_a_body(inner):
                    yield f"{node.name}.{inner.name}", inner
        elif isinstance(node, Function) and has_a_body(node):
            yield node.name, node


def is_protocol(node: ast.ClassDef) -> bool:
    return any(words(base) & {"Protocol", "TypedDict"} for base in node.bases)


def has_a_body(function: Function) -> bool:
    """Return whether it is public, ours to empty, and would not be the same when emptied."""
    decorators = set().union(*(words(decorator) for decorator in function.decorator_list), set())
    if function.name.startswith("_") or decorators & NOT_OURS:
        return False
    first, *rest = [node for node in function.body if not is_docstring(node)] or [ast.Pass()]
    return bool(rest) or not is_nothing(first)


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_nothing(node: ast.stmt) -> bool:
    """Recognise `pass`, `return`, `return None`, or a `raise` of what has yet to be written."""
    if isinstance(node, ast.Return):
        return node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Raise) and "NotImplementedError" in ast.dump(node))


def words(node: ast.AST) -> set[str]:
    """Return the names in an expression."""
    return {
        inner.id if isinstance(inner, ast.Name) else inner.attr
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name | ast.Attribute)
    }


def emptied(source: str, function: Function) -> str:
    """Return `source` with the body of `function` replaced; every line keeps its number."""
    lines = source.splitlines(keepends=True)
    start, end = function.body[0].lineno - 1, function.end_lineno or function.body[-1].lineno
    head = lines[start][: function.body[0].col_offset]
    body = f"{head if head.strip() else ' ' * function.body[0].col_offset}{nothing(function)}\n"
    return "".join([*lines[:start], body, "\n" * (end - start - 1), *lines[end:]])


def nothing(function: Function) -> str:
    """Return the least that a function of its kind can do."""
    decorators = set().union(*(words(decorator) for decorator in function.decorator_list), set())
    if decorators & {"contextmanager", "asynccontextmanager"}:
        return "yield None"
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(function)):
        return "return; yield"
    return "return None"


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield what is in the function itself, not in functions within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


class Bench:
    """A copy of the tree in which mutants are tried, one at a time."""

    def __init__(self, directory: Path) -> None:
        self.tree = directory / "tree"
        shutil.copytree(ROOT, self.tree, ignore=LEFT_OUT)
        for environment in (".venv", "gpu_worker/.venv"):
            (self.tree / environment).symlink_to(ROOT / environment)
        self._sound: dict[tuple[str, ...], bool] = {}
        self._environment = {**os.environ, "DATA_DIR": str(directory / "var"), "PYTHONDONTWRITEBYTECODE": "1"}

    def notices(self, mutant: Mutant) -> bool:
        """Return whether any test fails with it."""
        own, others = f"tests/{mutant.room}", ("tests", f"--ignore=tests/{mutant.room}")
        if not self._passes_with(mutant, (own,), OWN_TESTS_S):
            return True
        if others not in self._sound:
            self._sound[others] = self.passes(others, ALL_TESTS_S)
        if not self._sound[others]:
            sys.stdout.write(f"Beyond {own} the tests fail anyway, so they tell nothing.\n")
            return False
        return not self._passes_with(mutant, others, ALL_TESTS_S)

    def _passes_with(self, mutant: Mutant, where: Sequence[str], seconds: float) -> bool:
        path = self.tree / mutant.path
        before = path.read_text()
        path.write_text(mutant.source)
        try:
            return self.passes(where, seconds)
        finally:
            path.write_text(before)

    def passes(self, where: Sequence[str], seconds: float) -> bool:
        """Return whether the tests at `where` pass; hanging is failing."""
        command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-m", UNMARKED, *where]
        return ends_well(command, self.tree, self._environment, seconds)


def ends_well(command: Sequence[str], directory: Path, environment: Mapping[str, str], seconds: float) -> bool:
    """Return whether the command ends with 0 in time. What it has started (a server for Redis, say) ends with it."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603  (the commands are ours)
        command, cwd=directory, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, process_group=0
    )
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def try_all(waiting: queue.SimpleQueue[Mutant], survivors: list[Mutant], until: float) -> None:
    """Take mutants until there are none, or no time."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as directory:
        bench = Bench(Path(directory))
        while time.monotonic() < until:
            try:
                mutant = waiting.get_nowait()
            except queue.Empty:
                return
            noticed = bench.notices(mutant)
            if not noticed:
                survivors.append(mutant)
            sys.stdout.write(f"{'noticed ' if noticed else 'SURVIVED'} {mutant}\n")
            sys.stdout.flush()


def require_green(rooms: Sequence[str]) -> None:
    """Exit if the tests of a room fail without any mutant: they would notice nothing."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as directory:
        bench = Bench(Path(directory))
        for room in rooms:
            if not bench.passes([f"tests/{room}"], ALL_TESTS_S):
                raise SystemExit(f"tests/{room} fails without any change; mend that first.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command: 0 when every mutant was noticed, 1 with a list of survivors or of what was not tried."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--room", action="append", choices=ROOMS, help="only this room (may be given more than once)")
    parser.add_argument("--jobs", type=int, default=1, help="copies of the tree to work in (default: 1)")
    parser.add_argument("--minutes", type=float, default=240.0, help="stop after so long (default: 240)")
    options = parser.parse_args(argv)
    rooms = options.room or list(ROOMS)
    require_green(rooms)
    waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    for room in rooms:
        for mutant in mutants(room):
            waiting.put(mutant)
    total, survivors = waiting.qsize(), list[Mutant]()
    until = time.monotonic() + options.minutes * 60
    threads = [threading.Thread(target=try_all, args=(waiting, survivors, until)) for _ in range(options.jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    untried = waiting.qsize()
    sys.stdout.write(f"\n{total - untried} of {total} functions emptied, {len(survivors)} survivors.\n")
    for mutant in sorted(survivors, key=str):
        sys.stdout.write(f"  {mutant}\n")
    return 1 if survivors or untried else 0


if __name__ == "__main__":
    sys.exit(main())
