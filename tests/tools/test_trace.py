"""Which tests enter which functions: what is reported while tests run, and what is read from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.mutate import trace
from tools.mutate.mutants import ROOMS
from tools.mutate.trace import Trace, instrument

MODULE = '''
def documented():
    """Doc."""
    return 1


def numbers():
    yield 1


async def later():
    return 1
'''
KEY = f"{ROOMS['motion']}/module.py"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(trace.TRACE, str(tmp_path))
    monkeypatch.setattr(trace, "_reported", set())
    return tmp_path


def report(folder: Path, *lines: str) -> None:
    (folder / "reports").write_text("".join(f"{line}\n" for line in lines))


def test_a_function_reports_each_test_that_enters_it_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / KEY
    path.parent.mkdir(parents=True)
    path.write_text(MODULE)
    instrument(folder, ["motion"])
    names: dict[str, object] = {}
    exec(compile(path.read_text(), "module", "exec"), names)
    for test in ("tests/a.py::test_x[some words] (call)", "tests/a.py::test_y (setup)"):
        monkeypatch.setenv("PYTEST_CURRENT_TEST", test)
        for _ in range(2):
            assert names["documented"]() == 1  # type: ignore[operator]
            assert names["documented"].__doc__ == "Doc."
            assert list(names["numbers"]()) == [1]  # type: ignore[operator]
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    names["documented"]()  # type: ignore[operator]

    assert (folder / "entered").read_text().splitlines() == [
        f"{KEY}:2 documented\ttests/a.py::test_x[some words]",
        f"{KEY}:7 numbers\ttests/a.py::test_x[some words]",
        f"{KEY}:2 documented\ttests/a.py::test_y",
        f"{KEY}:7 numbers\ttests/a.py::test_y",
    ]


def test_the_quickest_tests_come_first_and_failing_ones_not_at_all(folder: Path) -> None:
    (folder / "entered").write_text("".join(f"f\t{test}\n" for test in ("slow", "broken", "quick", "later")))
    report(
        folder, "0.5\tpassed\tslow", "0.1\tpassed\tquick", "0.4\tpassed\tquick", "0.3\tfailed\tbroken", "9\tpassed\t?"
    )

    found = Trace.read(folder)

    assert found.tests_of("f") == ["later", "quick", "slow"]
    assert found.tests_of("g") == []
    assert found.failed == {"broken"}
