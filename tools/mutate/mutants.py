"""The functions that can be emptied, and what a file looks like when one of them is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
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
