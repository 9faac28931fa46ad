"""One row of the table: a file of ours on a platform, and where the row asks for it the peers' beside it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from animations.encode.fit import CannotFit
from animations.encode.platforms import PLATFORMS
from animations.encode.verify import verify
from animations.imaging.arrays import Frame
from tests.bench.exports.animations import BESIDE, Animation
from tests.bench.exports.environment import BUILD
from tests.bench.exports.made_files import Made, make_ours, make_peers, make_pillows
from tests.bench.exports.measure import measure_looks
from tests.bench.local import ROOT
from tests.encode.second_reading.rules import broken_rules

RowKey = tuple[Animation, str]
"""An animation and the platform that its file is for."""


@dataclass
class Side:
    """A file of one of the three: its bytes, the processor's seconds, the rules it breaks and how it looks."""

    bytes: int
    seconds: float
    broken: list[str]
    score: float = 0.0
    dark_edge: float = 0.0
    white_edge: float = 0.0

    @property
    def obeys(self) -> bool:
        return not self.broken

    @property
    def edge(self) -> float:
        return (self.dark_edge + self.white_edge) / 2


@dataclass
class Row:
    """The sides of one animation on one platform by name, and what ours gave up; `refused` says why there is none."""

    animation: str
    platform: str
    sides: dict[str, Side] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    refused: str = ""


def measure_row(animation: Animation, slug: str) -> Row:
    """Make the files of a row and measure them."""
    frames = animation.frames()
    row = Row(animation.name, slug)
    try:
        made, fitted = make_ours(animation, frames, slug)
    except CannotFit as error:
        row.refused = str(error)
        return row
    row.steps = list(fitted.steps)
    beside = slug in BESIDE[animation]
    report = verify(made.data, PLATFORMS[slug])
    row.sides["ours"] = side(made, animation, frames, slug, looks=beside)
    row.sides["ours"].broken += [f"{check.rule}: {check.actual}" for check in report.checks if not check.ok]
    if beside:
        peers = {
            "sticker-convert": make_peers(animation, frames, slug),
            "Pillow": make_pillows(animation, frames, slug),
        }
        row.sides |= {name: side(made, animation, frames, slug, looks=True) for name, made in peers.items() if made}
    return row


def side(made: Made, animation: Animation, frames: Sequence[Frame], slug: str, *, looks: bool) -> Side:
    """Measure one file."""
    if not made.data:
        return Side(0, made.seconds, ["there is no file within the limit"])
    found = Side(len(made.data), made.seconds, broken_rules(made.data, slug))
    if looks:
        seen = measure_looks(made.data, frames, animation.delays_ms)
        found.score, found.dark_edge, found.white_edge = seen.score, seen.dark_edge, seen.white_edge
    return found


def results() -> Path:
    """Return where the rows of a run that goes on are kept, one line each, for this commit."""
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return BUILD / f"rows-{commit or 'none'}.jsonl"


def read_rows(path: Path) -> list[Row]:
    """Read the rows that are measured."""
    lines: list[dict[str, Any]] = (
        [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    )
    return [Row(**line | {"sides": {name: Side(**each) for name, each in line["sides"].items()}}) for line in lines]


def write_row(row: Row, path: Path) -> None:
    """Add a row to those that are measured."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(asdict(row)) + "\n")


def left_to_measure(wanted: Sequence[RowKey], rows: Sequence[Row]) -> list[RowKey]:
    """Return what is wanted and not among `rows` yet."""
    there = {(row.animation, row.platform) for row in rows}
    return [(animation, slug) for animation, slug in wanted if (animation.name, slug) not in there]
