"""The chaos script in small: a few kills while three people work, on each database."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.chaos.__main__ import parse, run
from tests.stack.fixtures import NewFolder

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("chaos")]

FEW = ("--projects=3", "--kills=5", "--minutes=0.15", "--unswept")


@pytest.mark.parametrize(("database", "seed"), [("sqlite", 1), ("postgres", 2)])
def test_nothing_is_lost_while_processes_are_killed(data_dir: NewFolder, database: str, seed: int) -> None:
    options = parse([f"--database={database}", f"--seed={seed}", *FEW])
    with ExitStack() as stack:
        assert run(stack, data_dir(f"chaos-{database}"), options) == []
