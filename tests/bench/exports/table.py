"""The page of the table: how ours and the peers' files look, weigh and cost, and which targets are missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import mean
from typing import Final

from tests.bench.exports.resource_rows import Bound
from tests.bench.exports.rows import Row, Side

WITHIN: Final = 0.5
"""SSIMULACRA2 points that ours may be below the peer in a row."""
PEER, PILLOW = "sticker-convert", "Pillow"
HEAD: Final = """# How exports look beside others'

`make bench-export` makes this page, of thirty animations and all 21 platforms unless the summary says fewer. Every
file is read a second time by code that shares nothing with the product's (`tests/encode/second_reading`). On some
platforms the same frames go to [sticker-convert](https://pypi.org/project/sticker-convert/) 2.21 with its own presets
(its preset for Discord's emoji, which it would make smaller, held at 128 px, and for Slack with Slack's bytes) and to
Pillow with its defaults.

*Score* is SSIMULACRA2 (100 is the same, 90 can hardly be told apart, 50 is medium), the mean of eight moments of the
source on black and on white. *Edge* is the mean difference (0 to 255) where alpha changes, on `#1e1f22` and on white.
*s* are the processor's seconds, children with them. A file that breaks a rule of the platform is crossed out.

"""
BOUNDS: Final = """
## Bounds

| on one core | measured | at most |
|---|---|---|
"""
COLUMNS: Final = """
| animation | platform | ours | sticker-convert | Pillow |
|---|---|---|---|---|
"""


def page(rows: Sequence[Row], bounds: Sequence[Bound]) -> str:
    """Return the page, in Markdown."""
    beside = [row for row in rows if len(row.sides) > 1]
    parts = [HEAD, *_summary(rows, beside), COLUMNS]
    for row in beside:
        cells = [_cell(row.sides.get(name)) for name in ("ours", PEER, PILLOW)]
        parts.append(f"| {row.animation} | `{row.platform}` | " + " | ".join(cells) + " |\n")
    limits = [f"| {bound.words} | {bound.figure:.1f} | {bound.most:g} |\n" for bound in bounds]
    return "".join([*parts, BOUNDS, *limits])


def _cell(side: Side | None) -> str:
    if side is None:
        return "–"
    words = f"{side.score:.1f} · edge {side.edge:.1f} · {side.bytes / 1000:.0f} kB · {side.seconds:.2f} s"
    return words if side.obeys else f"~~{words}~~ {side.broken[0]}"


def _summary(rows: Sequence[Row], beside: Sequence[Row]) -> Iterator[str]:
    ours = [row.sides["ours"] for row in rows if "ours" in row.sides]
    animations, platforms = ({getattr(row, name) for row in rows} for name in ("animation", "platform"))
    yield f"- {len(ours)} files of {len(animations)} animations for {len(platforms)} platforms, of which "
    yield f"{sum(side.obeys for side in ours)} keep every rule; "
    yield f"{sum(bool(row.refused) for row in rows)} were refused in words.\n"
    for name in (PEER, PILLOW):
        both = obeyed(beside, name)
        if both:
            yield f"- Beside {name}, {len(both)} rows in which both keep the rules: {_compared(both, name)}.\n"


def _compared(rows: Sequence[Row], name: str) -> str:
    ours, theirs = means(rows, "ours"), means(rows, name)
    return "; ".join(f"{words} {ours[words]:.2f} against {theirs[words]:.2f}" for words in FIGURES)


FIGURES: Final[dict[str, Callable[[Side], float]]] = {
    "score": lambda side: side.score,
    "edge": lambda side: side.edge,
    "kB": lambda side: side.bytes / 1000,
    "seconds": lambda side: side.seconds,
}


def means(rows: Sequence[Row], name: str) -> dict[str, float]:
    """Return the mean of each figure over the files of that name."""
    return {words: mean(of(row.sides[name]) for row in rows) for words, of in FIGURES.items()}


def obeyed(rows: Sequence[Row], name: str) -> list[Row]:
    """Return the rows in which ours and the one of that name both keep the rules."""
    return [row for row in rows if name in row.sides and row.sides[name].obeys and row.sides["ours"].obeys]


def targets_missed(rows: Sequence[Row], bounds: Sequence[Bound]) -> list[str]:
    """Return what falls short, in words."""
    made = [row for row in rows if row.sides]
    missed = [f"{_name(row)}: {row.sides['ours'].broken}" for row in made if not row.sides["ours"].obeys]
    missed += [f"{bound.words}: {bound.figure:.1f} of {bound.most:g}" for bound in bounds if not bound.met]
    both = obeyed(made, PEER)
    return missed + [words for row in both for words in _below(row)] + [*_behind(made)]


def _name(row: Row) -> str:
    return f"{row.animation} on {row.platform}"


def _below(row: Row) -> Iterator[str]:
    ours, peer = row.sides["ours"].score, row.sides[PEER].score
    if ours < peer - WITHIN:
        yield f"{_name(row)}: score {ours:.1f} against {peer:.1f}"


def _behind(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the figures that are not good enough on the mean; the edges are held against both peers."""
    for name in (PEER, PILLOW):
        both = obeyed(rows, name)
        if not both:
            continue
        ours, theirs = means(both, "ours"), means(both, name)
        holds = {"edge": ours["edge"] <= theirs["edge"]}
        if name == PEER:
            holds["score"] = ours["score"] > theirs["score"]
            holds["seconds"] = ours["seconds"] <= theirs["seconds"] / 2
        yield from (f"{words} on the mean, beside {name}" for words, ok in holds.items() if not ok)
