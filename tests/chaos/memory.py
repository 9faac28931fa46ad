"""What web holds of memory while people work and it is killed again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from tests.chaos.kills import find
from tests.chaos.world import World
from tests.memory import peak_bytes

MOST_BYTES: Final = 150_000_000
PAUSE_S: Final = 0.2


def watch_web(world: World) -> None:
    """Note what each web process holds until the kills are over."""
    while not world.over.wait(PAUSE_S):
        note_web_peak(world)


def note_web_peak(world: World) -> None:
    for process in find(world, "web"):
        with suppress(OSError):
            world.web_peak = max(world.web_peak, peak_bytes(process.pid))


def heavy_web(world: World) -> Iterator[str]:
    """Yield what is wrong with the most that a web process was seen to hold."""
    if not 0 < world.web_peak <= MOST_BYTES:
        yield f"a web process held {world.web_peak} bytes, of at most {MOST_BYTES}"
