"""The plots of docs/planner.md: measured with the SDK's own workers, beside what the planner's model says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Final

from gpu.batch.packs import pack_key
from gpu.ledger import MemoryLedger
from tests.bench.bound import World, simulate
from tests.bench.columns import JOB, new_client, pictures
from tests.bench.local import Bench, endpoint

PACKS: Final = (1, 2, 3, 5, 6, 10, 15, 30)
WORLDS: Final[Mapping[str, World]] = {
    "1 warm worker": World(30, 0.05, 1, 1, "queue_delay:4"),
    "3 warm workers": World(30, 0.05, 3, 3, "queue_delay:4"),
}
TITLE: Final = "30 frames of 50 ms: seconds until the last is back, by number of calls"
AXIS: Final = "calls (dots: measured; lines: the rules, nothing added per call)"
COLOURS: Final = ("#4361c2", "#c2574a")
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 320, 56, 40, 44


@dataclass(frozen=True, slots=True)
class Series:
    """Wall-clock in seconds for each of `PACKS`."""

    name: str
    measured: Sequence[float]
    model: Sequence[float]


async def measured() -> list[Series]:
    """Compute the curves of all `WORLDS`."""
    return [await _series(name, world) for name, world in WORLDS.items()]


async def _series(name: str, world: World) -> Series:
    walls = []
    with endpoint(world) as bench:
        for packs in PACKS:
            await bench.settled()
            walls.append(await _equal_packs(bench, packs))
    return Series(name, walls, [simulate(_sizes(world.frames, packs), world).wall for packs in PACKS])


async def _equal_packs(bench: Bench, packs: int) -> float:
    """Measure the seconds for all frames in so many equal calls, all sent at once."""
    left, calls = pictures(bench.world.frames), []
    for size in _sizes(bench.world.frames, packs):
        request = JOB.request(left[:size])
        calls.append((request, pack_key([str(len(left)), str(packs)])))
        left = left[size:]
    async with new_client(bench, MemoryLedger()) as client:
        begun = time.monotonic()
        await asyncio.gather(*(client.infer(request, key) for request, key in calls))
        return time.monotonic() - begun


def _sizes(frames: int, packs: int) -> list[int]:
    share, more = divmod(frames, packs)
    return [share + 1] * more + [share] * (packs - more)


def draw(found: Sequence[Series]) -> str:
    """Draw an SVG: calls across, seconds up, both by their logarithms; dots are measured, lines the model."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14">{TITLE}</text>',
    ]  # fmt: skip
    for seconds in (0.5, 1, 2, 5, 10, 20, 30):
        y = _up(seconds)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - 16}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{seconds:g}</text>')
    for packs in PACKS:
        parts.append(f'<text x="{_across(packs):.1f}" y="{HEIGHT - 24}" text-anchor="middle">{packs}</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 6}" text-anchor="middle">{AXIS}</text>')
    for nth, (series, colour) in enumerate(zip(found, COLOURS, strict=True)):
        parts += _curve(series, colour, TOP + 8 + 18 * nth)
    return "\n".join([*parts, "</svg>", ""])


def _curve(series: Series, colour: str, legend: float) -> list[str]:
    points = " ".join(f"{_across(packs):.1f},{_up(at):.1f}" for packs, at in zip(PACKS, series.model, strict=True))
    dots = [
        f'<circle cx="{_across(packs):.1f}" cy="{_up(at):.1f}" r="4" fill="{colour}"/>'
        for packs, at in zip(PACKS, series.measured, strict=True)
    ]
    return [
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>',
        *dots,
        f'<text x="{LEFT + 16}" y="{legend}" fill="{colour}">{series.name}</text>',
    ]


def _across(packs: float) -> float:
    return LEFT + 20 + log10(packs) / log10(PACKS[-1]) * (WIDTH - LEFT - 60)


def _up(seconds: float) -> float:
    low, high = log10(0.4), log10(40)
    return HEIGHT - BOTTOM - (log10(seconds) - low) / (high - low) * (HEIGHT - BOTTOM - TOP)
