from __future__ import annotations

import asyncio
import signal

import pytest

from gpu_worker.emulator.endpoint import Endpoint, Notifier
from gpu_worker.emulator.options import Options
from gpu_worker.emulator.scaler import RequestCount
from tests.gpu_worker.emulator.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def endpoint(clock: ManualClock) -> Endpoint:
    """Return an endpoint of 0 to 3 workers, one per job, with an idle timeout of 5 s."""
    return Endpoint("local", Options(min_workers=0, max_workers=3, scaler=RequestCount(1)), clock)


def start_workers(endpoint: Endpoint, *workers: str) -> None:
    for slot, worker in enumerate(workers):
        endpoint.workers.start(worker, slot)
        endpoint.workers.request_job(worker)


async def test_a_notification_wakes_all_waiting_tasks_and_no_later_one() -> None:
    notifier = Notifier()
    waiting = [asyncio.create_task(notifier.wait(5)) for _ in range(2)]
    await asyncio.sleep(0)
    notifier.notify()
    assert await asyncio.gather(*waiting) == [True, True]
    assert not await notifier.wait(0.01)


async def test_health_counts_jobs_and_workers(endpoint: Endpoint) -> None:
    start_workers(endpoint, "w1")
    endpoint.jobs.submit({})
    endpoint.jobs.submit({})
    endpoint.jobs.take("w1")
    health = endpoint.health()
    assert (health["jobs"]["inQueue"], health["jobs"]["inProgress"]) == (1, 1)
    assert health["workers"]["running"] == 1


async def test_closing_wakes_all_waiting_tasks() -> None:
    endpoint = Endpoint("local")
    waiting = asyncio.create_task(endpoint.notifier.wait(5))
    await asyncio.sleep(0)
    assert not endpoint.closing()
    endpoint.close()
    assert endpoint.closing()
    assert await waiting


async def test_workers_are_started_for_jobs_up_to_the_maximum(endpoint: Endpoint) -> None:
    assert endpoint.slots_to_start() == []
    for wanted in ([0], [0, 1], [0, 1, 2], [0, 1, 2]):
        endpoint.jobs.submit({})
        assert endpoint.slots_to_start() == wanted
    endpoint.workers.start("w1", 0)
    assert endpoint.slots_to_start() == [1, 2]
    endpoint.workers.throttled = 2
    assert endpoint.slots_to_start() == []


async def test_active_workers_are_there_without_any_job(clock: ManualClock) -> None:
    endpoint = Endpoint("local", Options(min_workers=2, max_workers=2), clock)
    assert endpoint.slots_to_start() == [0, 1]
    start_workers(endpoint, "w1", "w2")
    clock.now += 1000
    assert endpoint.workers_to_stop() == []


async def test_an_idle_worker_stops_after_the_idle_timeout(endpoint: Endpoint, clock: ManualClock) -> None:
    start_workers(endpoint, "w1", "w2")
    job = endpoint.jobs.submit({})
    endpoint.jobs.take("w1")
    clock.now += 4.9
    assert endpoint.workers_to_stop() == []
    clock.now += 0.2
    assert endpoint.workers_to_stop() == ["w2"]
    endpoint.workers.remove("w2")
    endpoint.jobs.finish(job.id, "w1", {"output": 1})
    clock.now += 4.9
    assert endpoint.workers_to_stop() == []
    clock.now += 0.2
    assert endpoint.workers_to_stop() == ["w1"]


async def test_no_worker_stops_while_a_job_waits(endpoint: Endpoint, clock: ManualClock) -> None:
    start_workers(endpoint, "w1")
    clock.now += 60
    endpoint.jobs.submit({})
    assert endpoint.workers_to_stop() == []


async def test_the_longest_idle_workers_stop_first_down_to_the_minimum(clock: ManualClock) -> None:
    endpoint = Endpoint("local", Options(min_workers=1, max_workers=2), clock)
    start_workers(endpoint, "w1", "w2")
    clock.now += 6
    job = endpoint.jobs.submit({})
    endpoint.jobs.take("w1")
    endpoint.jobs.finish(job.id, "w1", {"output": 1})
    clock.now += 6
    assert endpoint.workers_to_stop() == ["w2"]


async def test_a_cooled_down_endpoint_stops_idle_workers_at_once_and_only_once(endpoint: Endpoint) -> None:
    start_workers(endpoint, "w1")
    assert endpoint.workers_to_stop() == []
    endpoint.cool_down()
    assert endpoint.workers_to_stop() == ["w1"]
    assert endpoint.workers_to_stop() == []


async def test_a_pending_signal_is_due_once_when_its_time_comes(endpoint: Endpoint, clock: ManualClock) -> None:
    endpoint.schedule_signal("w1", signal.SIGKILL, after=2)
    assert endpoint.due_signals() == []
    clock.now += 2
    assert [(pending.worker, pending.number) for pending in endpoint.due_signals()] == [("w1", signal.SIGKILL)]
    assert endpoint.due_signals() == []


async def test_only_a_job_with_a_webhook_is_queued_for_one(endpoint: Endpoint) -> None:
    start_workers(endpoint, "w1")
    for webhook in (None, "http://here"):
        job = endpoint.jobs.submit({}, webhook=webhook)
        endpoint.jobs.take("w1")
        endpoint.jobs.finish(job.id, "w1", {"output": 1})
    assert endpoint.ended_jobs.qsize() == 1
    assert endpoint.ended_jobs.get_nowait() is job
    endpoint.queue_webhook(job)
    assert endpoint.ended_jobs.qsize() == 1


async def test_a_reset_leaves_the_workers_and_nothing_else(endpoint: Endpoint, clock: ManualClock) -> None:
    start_workers(endpoint, "w1")
    job = endpoint.jobs.submit({})
    endpoint.jobs.take("w1")
    endpoint.scenario.replace({"faults": [{"fault": "slow"}]})
    endpoint.schedule_signal("w1", signal.SIGKILL, after=0)
    assert [endpoint.rate_limits.acquire("purge-queue", int) for _ in range(3)] == [True, True, False]
    endpoint.workers.start("w2", 1)
    endpoint.workers.record_death("w2")
    clock.now += 5
    endpoint.reset()
    assert endpoint.jobs.get(job.id) is None
    assert endpoint.scenario.describe() == []
    assert endpoint.due_signals() == []
    assert endpoint.rate_limits.acquire("purge-queue", int)
    report = endpoint.report()
    assert (report["worker_seconds"], report["executions"], report["spares_loaded"]) == (0.0, [], 0)
    assert endpoint.health()["workers"]["ready"] == 1
    assert endpoint.health()["workers"]["unhealthy"] == 0
