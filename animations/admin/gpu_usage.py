"""Lay out the GPU use of the last thirty days: a bar for each day, stacked by task, and who used how much.

Two queries, however many calls there are. The template draws what is computed here; no script is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from animations.models import GpuCall
from animations.models.quota import day_start

DAYS: Final = 30
USERS: Final = 10
WIDTH, HEIGHT = 720, 180
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 14, 22
"""Room in the drawing's units for the labels around the bars."""
STEP: Final = (WIDTH - LEFT - RIGHT) / DAYS
GAP: Final = 4
LABEL_EVERY: Final = 5
_SUMS: Final = {"calls": Count("pk"), "sent": Sum("frames"), "run": Sum("execution_ms"), "cost": Sum("cost_usd")}


@dataclass(slots=True)
class Total:
    """The sums of some calls. `query` filters the list below to them."""

    name: str
    query: str
    calls: int = 0
    frames: int = 0
    seconds: float = 0.0
    dollars: float = 0.0

    def add(self, row: dict[str, Any]) -> None:
        """Add the sums of a row."""
        self.calls += row["calls"]
        self.frames += row["sent"] or 0
        self.seconds += (row["run"] or 0) / 1000
        self.dollars += float(row["cost"] or 0)


@dataclass(frozen=True, slots=True)
class BarSegment:
    """A task's part of a day's bar; lengths in the drawing's units, formatted for SVG."""

    task: str
    y: str
    height: str


@dataclass(slots=True)
class DayBar:
    """A day's bar: its place, its segments, and its total."""

    total: Total
    x: str
    label: str
    segments: list[BarSegment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class UsageChart:
    """All that the template needs. `top` is the value of the upper line, in seconds."""

    everything: Total
    days: list[DayBar]
    tasks: list[Total]
    users: list[Total]
    top: str
    frame: dict[str, str]


def usage_of_last_days() -> UsageChart:
    """Return the chart of the last thirty days, today among them (UTC)."""
    first = day_start() - timedelta(days=DAYS - 1)
    calls = GpuCall.objects.filter(created_at__gte=first).order_by()
    rows: list[Any] = list(calls.annotate(day=TruncDate("created_at")).values("day", "task").annotate(**_SUMS))
    everything, tasks = Total("All", ""), dict[str, Total]()
    by_day: dict[date, list[dict[str, Any]]] = {}
    for row in rows:
        everything.add(row)
        tasks.setdefault(row["task"], Total(row["task"], f"task={row['task']}")).add(row)
        by_day.setdefault(row["day"], []).append(row)
    highest = max((sum(row["run"] or 0 for row in mine) for mine in by_day.values()), default=0) / 1000
    days = [_day_bar(nth, first.date() + timedelta(days=nth), by_day, highest) for nth in range(DAYS)]
    ordered = sorted(tasks.values(), key=lambda total: -total.seconds)
    return UsageChart(everything, days, ordered, _top_users(calls), f"{highest:.3g} s", _drawing_lengths())


def _top_users(calls: Any) -> list[Total]:
    """Return those who used most. Calls of deleted users are summed under one name."""
    rows = calls.values("user", "user__email", "user__username").annotate(**_SUMS).order_by("-run")[:USERS]
    found = []
    for row in rows:
        name = row["user__email"] or row["user__username"] or "deleted"
        query = f"user__id__exact={row['user']}" if row["user"] else "user__isnull=True"
        found.append(Total(name, query))
        found[-1].add(row)
    return found


def _day_bar(nth: int, day: date, by_day: dict[date, list[dict[str, Any]]], highest: float) -> DayBar:
    query = f"created_at__year={day.year}&created_at__month={day.month}&created_at__day={day.day}"
    total = Total(f"{day:%-d %b}", query)
    rows = sorted(by_day.get(day, ()), key=lambda row: row["task"])
    for row in rows:
        total.add(row)
    labelled = (DAYS - 1 - nth) % LABEL_EVERY == 0
    bar = DayBar(total, f"{LEFT + nth * STEP:.1f}", total.name if labelled else "")
    bar.segments = _stack_segments(rows, highest)
    return bar


def _stack_segments(rows: Iterable[dict[str, Any]], highest: float) -> list[BarSegment]:
    """Stack the tasks from the base line up. A task that has run is at least one unit high, so that it is seen."""
    y, found = float(HEIGHT - BOTTOM), []
    for row in rows:
        if not row["run"]:
            continue
        height = max(1.0, (HEIGHT - TOP - BOTTOM) * row["run"] / 1000 / highest)
        y -= height
        found.append(BarSegment(row["task"], f"{y:.1f}", f"{height:.1f}"))
    return found


def _drawing_lengths() -> dict[str, str]:
    """Return the drawing's fixed lengths by name."""
    return {
        "box": f"0 0 {WIDTH} {HEIGHT}",
        "left": str(LEFT),
        "label": str(LEFT - 8),
        "right": str(WIDTH - RIGHT),
        "top": str(TOP),
        "baseline": str(HEIGHT - BOTTOM),
        "foot": str(HEIGHT - 6),
        "bar": f"{STEP - GAP:.1f}",
        "column": f"{STEP:.1f}",
        "tall": str(HEIGHT - TOP - BOTTOM),
        "middle": f"{(STEP - GAP) / 2:.1f}",
    }
