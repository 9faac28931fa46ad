"""The tool that empties functions: what it takes, what it leaves, and that what comes out is Python."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.mutate.mutants import ROOMS, emptied, mutants, public_functions

SOURCE = '''
import abc
from contextlib import contextmanager
from typing import Protocol, overload


def plain(a: int) -> int:
    """Doc."""
    b = a
    return b


def _private() -> int:
    return 1


async def later() -> int:
    return 1


def one_line() -> int: return 1


def numbers():
    for number in range(3):
        yield number


def holds_a_generator():
    def inner():
        yield 1
    return list(inner())


@contextmanager
def block():
    yield 7


@overload
def either(a: int) -> int: ...
def either(a):
    return a


def empty() -> None:
    """Nothing yet."""


def unwritten() -> None:
    raise NotImplementedError


class Face(Protocol):
    def shape(self) -> int:
        return 1


class Base(abc.ABC):
    @abc.abstractmethod
    def must(self) -> int:
        return 1

    @property
    def size(self) -> int:
        return 3

    def __len__(self) -> int:
        return 3


class _Hidden:
    def method(self) -> int:
        return 1
'''


def run(name: str) -> dict[str, object]:
    """Return the module's names after `name` was emptied."""
    found = dict(public_functions(ast.parse(SOURCE)))
    source = emptied(SOURCE, found[name])
    assert len(source.splitlines()) == len(SOURCE.splitlines())
    names: dict[str, object] = {}
    exec(compile(source, "module", "exec"), names)
    return names


def test_public_functions_with_a_body_are_taken_and_nothing_else() -> None:
    assert [name for name, _ in public_functions(ast.parse(SOURCE))] == [
        "plain",
        "later",
        "one_line",
        "numbers",
        "holds_a_generator",
        "block",
        "either",
        "Base.size",
    ]


def test_an_emptied_function_returns_none() -> None:
    for name in ("plain", "either"):
        assert run(name)[name](1) is None  # type: ignore[operator]
    for name in ("one_line", "holds_a_generator"):
        assert run(name)[name]() is None  # type: ignore[operator]


def test_an_emptied_coroutine_is_still_one() -> None:
    coroutine = run("later")["later"]()  # type: ignore[operator]
    try:
        coroutine.send(None)
    except StopIteration as end:
        assert end.value is None


def test_an_emptied_generator_yields_nothing() -> None:
    assert list(run("numbers")["numbers"]()) == []  # type: ignore[operator]


def test_an_emptied_context_manager_does_nothing() -> None:
    with run("block")["block"]() as value:  # type: ignore[operator]
        assert value is None


def test_a_property_stays_a_property() -> None:
    class Sized(run("Base.size")["Base"]):  # type: ignore[misc]
        def must(self) -> int:
            return 1

    assert Sized().size is None


def test_every_room_has_functions_and_every_mutant_is_python(tmp_path: Path) -> None:
    for room, folder in ROOMS.items():
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "module.py").write_text(SOURCE)
        found = list(mutants(room, tmp_path))
        assert len(found) == 8
        for mutant in found:
            ast.parse(mutant.source)
        assert str(found[0]) == f"{folder}/module.py:7 plain"
