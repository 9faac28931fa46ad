"""What a web process has held is noted before it is killed, and is bounded."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from tests.chaos import memory
from tests.chaos.world import World
from tests.polling import until

HOLD = "import sys; held = bytearray(40_000_000); del held; print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def world() -> World:
    """Put this process in the place of a product's parent."""
    product: Any = SimpleNamespace(process=SimpleNamespace(pid=os.getpid()))
    endpoint: Any = None
    return World(product, endpoint, random.Random(1))


def test_what_a_web_process_has_held_is_known_after_its_death(world: World) -> None:
    watching = threading.Thread(target=memory.watch_web, args=(world,))
    command = [sys.executable, "-c", HOLD, "emojiforge.server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as web:
        watching.start()
        assert web.stdout and web.stdout.readline() == b"held\n"
        until(lambda: world.web_peak > 40_000_000, 10, "a look at it")
        web.kill()
    world.over.set()
    watching.join()
    assert list(memory.heavy_web(world)) == []


@pytest.mark.parametrize("held", [0, 150_000_001])
def test_a_web_process_that_is_heavy_or_was_never_seen_is_wrong(world: World, held: int) -> None:
    world.web_peak = held
    assert [str(held) in wrong for wrong in memory.heavy_web(world)] == [True]
