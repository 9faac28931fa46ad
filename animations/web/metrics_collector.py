"""Collect the product's metrics for Prometheus from the rows: there are many web processes, and none knows it all.

Four queries, however many rows there are. Calls outlive their project and their user; when they are deleted at last,
counters fall.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from animations.models import EndpointState, GpuCall, Job

DELAYS_S: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
"""Upper bounds of the buckets of waiting times."""
PHASES: Final = ("closed", "open", "half_open")


class RowCollector(Collector):
    """Read all metrics when they are asked for."""

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of calls, jobs and endpoints."""
        yield from _calls()
        yield from _jobs()
        yield from _endpoints()


def _calls() -> Iterator[Metric]:
    buckets = {
        f"within_{index}": Count("pk", filter=Q(delay_ms__lte=round(bound * 1000)))
        for index, bound in enumerate(DELAYS_S)
    }
    sums = {
        "calls": Count("pk"),
        "sent": Sum("frames"),
        "run": Sum("execution_ms"),
        "cost": Sum("cost_usd"),
        "waited": Sum("delay_ms"),
        "timed": Count("delay_ms"),
    }
    groups = GpuCall.objects.order_by("task", "status").values("task", "status")
    rows: list[Any] = list(groups.annotate(**sums, **buckets))
    yield _gauge("emojiforge_gpu_calls", "Calls to the GPU by what became of them", ("task", "status"), rows, "calls")
    yield _counter("emojiforge_gpu_frames", "Frames of the calls to the GPU", rows, "sent", 1)
    yield _counter("emojiforge_gpu_seconds", "Seconds for which the GPU worked", rows, "run", 1000)
    yield _counter("emojiforge_gpu_cost_usd", "US dollars, by the price in the settings", rows, "cost", 1)
    yield _delays(rows)


def _delays(rows: Iterable[dict[str, Any]]) -> Metric:
    """Return how long calls waited for a worker (queue and cold start), whatever became of them after that."""
    found = HistogramMetricFamily(
        "emojiforge_gpu_delay_seconds", "Seconds that calls waited for a worker", labels=["task"]
    )
    by_task: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_task.setdefault(row["task"], []).append(row)
    for task, mine in by_task.items():
        counts = [(str(bound), sum(row[f"within_{nth}"] for row in mine)) for nth, bound in enumerate(DELAYS_S)]
        counts.append(("+Inf", sum(row["timed"] for row in mine)))
        found.add_metric([task], counts, sum(row["waited"] or 0 for row in mine) / 1000)
    return found


def _jobs() -> Iterator[Metric]:
    away = Count("pk", filter=Q(waiting_since__isnull=False))
    groups = Job.objects.order_by("kind", "status").values("kind", "status")
    rows: list[Any] = list(groups.annotate(number=Count("pk"), away=away))
    yield _gauge("emojiforge_jobs", "Jobs by what became of them", ("kind", "status"), rows, "number")
    waiting = {queue: 0 for queue in sorted(set(Job.QUEUES.values()))}
    for row in rows:
        if row["status"] == Job.Status.QUEUED:
            waiting[Job.QUEUES[Job.Kind(row["kind"])]] += row["number"] - row["away"]
    depth = GaugeMetricFamily("emojiforge_queue_depth", "Jobs that no run has claimed yet", labels=["queue"])
    for queue, number in waiting.items():
        depth.add_metric([queue], number)
    yield depth
    name = "emojiforge_jobs_waiting_for_gpu"
    yield GaugeMetricFamily(name, "Jobs that wait for a GPU that is away", sum(row["away"] for row in rows))
    oldest = Job.objects.filter(status=Job.Status.QUEUED, waiting_since=None).aggregate(since=Min("created_at"))[
        "since"
    ]
    age = GaugeMetricFamily("emojiforge_queue_oldest_seconds", "Age of the oldest job that no run has claimed yet")
    age.add_metric([], (timezone.now() - oldest).total_seconds() if oldest else 0)
    yield age


def _endpoints() -> Iterator[Metric]:
    states = list(EndpointState.objects.order_by("endpoint"))
    workers = GaugeMetricFamily("emojiforge_gpu_workers", "Workers of the endpoint", labels=["endpoint", "state"])
    queued = GaugeMetricFamily("emojiforge_gpu_jobs", "Jobs at the endpoint", labels=["endpoint", "state"])
    breaker = GaugeMetricFamily("emojiforge_gpu_breaker", "1 for the breaker's phase", labels=["endpoint", "phase"])
    age = GaugeMetricFamily("emojiforge_gpu_heard_seconds", "Since the endpoint was asked", labels=["endpoint"])
    for state in states:
        for family, counts in ((workers, state.workers), (queued, state.jobs)):
            for name, number in counts.items():
                family.add_metric([state.endpoint, name], number)
        for phase in PHASES:
            breaker.add_metric([state.endpoint, phase], state.breaker.get("phase", "closed") == phase)
        if state.as_of:
            age.add_metric([state.endpoint], (timezone.now() - state.as_of).total_seconds())
    yield from (workers, queued, breaker, age)


def _gauge(name: str, words: str, labels: tuple[str, ...], rows: Iterable[dict[str, Any]], value: str) -> Metric:
    family = GaugeMetricFamily(name, words, labels=labels)
    for row in rows:
        family.add_metric([row[label] for label in labels], row[value])
    return family


def _counter(name: str, words: str, rows: Iterable[dict[str, Any]], value: str, divisor: int) -> Metric:
    """Return sums per task. The client adds `_total` to the name."""
    totals: dict[str, float] = {}
    for row in rows:
        totals[row["task"]] = totals.get(row["task"], 0.0) + float(row[value] or 0) / divisor
    family = CounterMetricFamily(name, words, labels=("task",))
    for task, total in totals.items():
        family.add_metric([task], total)
    return family
