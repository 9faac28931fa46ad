"""Name, order and group the tests of a run."""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest

from emojiforge.launch import chromium


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a file or a long text after its argument; pytest counts those of one name."""
    return argname if isinstance(val, bytes | str) and len(val) > 40 else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among the tests themselves: they stay, and each look takes a quarter of a second."""
    gc.disable()
    done = yield
    gc.freeze()
    gc.enable()
    return done


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what uses one running product in one process of the run, and so the tests of the GPU worker.

    These come first: they mostly wait, and the others fill the time.
    """
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if marks & {"stack", "browser"} and "xdist_group" not in marks:
            uses_product = "product" in getattr(item, "fixturenames", ())
            item.add_marker(pytest.mark.xdist_group("product" if uses_product else "worker"))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say in one line, before any test runs, that there is no browser for those that need one."""
    wanted = any(item.get_closest_marker("browser") for item in session.items)
    if wanted and not hasattr(session.config, "workerinput") and chromium.executable() is None:
        raise pytest.UsageError(chromium.NONE)
