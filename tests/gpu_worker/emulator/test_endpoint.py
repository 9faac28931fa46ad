from __future__ import annotations

import asyncio
import signal

import pytest

from gpu_worker.emulator.endpoint import Bell, Endpoint
from gpu_worker.emulator.options import Options
from gpu_worker.emulator.workers.scaler import RequestCount
from tests.gpu_worker.emulator.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def endpoint(clock: Clock) -> Endpoint:
    """None at rest, three at most, one per job, idle for 5 s."""
    return Endpoint("local", Options(min_workers=0, max_workers=3, scaler=RequestCount(1)), clock)


def started(endpoint: Endpoint, *workers: str) -> None:
    for slot, worker in enumerate(workers):
        endpoint.roster.starting(worker, slot)
        endpoint.roster.looks_for_job(worker)


async def test_a_ring_wakes_everybody_who_waits_and_nobody_later() -> None:
    bell = Bell()
    waiting = [asyncio.create_task(bell.heard(5)) for _ in range(2)]
    await asyncio.sleep(0)
    bell.ring()
    assert await asyncio.gather(*waiting) == [True, True]
    assert not await bell.heard(0.01)


async def test_health_counts_jobs_and_workers(endpoint: Endpoint) -> None:
    started(endpoint, "w1")
    endpoint.jobs.submit({})
    endpoint.jobs.submit({})
    endpoint.jobs.take("w1")
    health = endpoint.health()
    assert (health["jobs"]["inQueue"], health["jobs"]["inProgress"]) == (1, 1)
    assert health["workers"]["running"] == 1


async def test_closing_wakes_whoever_waits() -> None:
    endpoint = Endpoint("local")
    waiting = asyncio.create_task(endpoint.bell.heard(5))
    await asyncio.sleep(0)
    assert not endpoint.closing()
    endpoint.close()
    assert endpoint.closing()
    assert await waiting


async def test_workers_are_started_for_the_jobs_that_there_are_up_to_the_most(endpoint: Endpoint) -> None:
    assert endpoint.slots_to_start() == []
    for wanted in ([0], [0, 1], [0, 1, 2], [0, 1, 2]):
        endpoint.jobs.submit({})
        assert endpoint.slots_to_start() == wanted
    endpoint.roster.starting("w1", 0)
    assert endpoint.slots_to_start() == [1, 2]
    endpoint.roster.throttled = 2
    assert endpoint.slots_to_start() == []


async def test_active_workers_are_there_without_any_job(clock: Clock) -> None:
    endpoint = Endpoint("local", Options(min_workers=2, max_workers=2), clock)
    assert endpoint.slots_to_start() == [0, 1]
    started(endpoint, "w1", "w2")
    clock.now += 1000
    assert endpoint.workers_to_stop() == []


async def test_an_idle_worker_stops_after_the_idle_timeout(endpoint: Endpoint, clock: Clock) -> None:
    started(endpoint, "w1", "w2")
    job = endpoint.jobs.submit({})
    endpoint.jobs.take("w1")
    clock.now += 4.9
    assert endpoint.workers_to_stop() == []
    clock.now += 0.2
    assert endpoint.workers_to_stop() == ["w2"]
    endpoint.roster.stopping("w2")
    endpoint.jobs.finish(job.id, "w1", {"output": 1})
    clock.now += 4.9
    assert endpoint.workers_to_stop() == []
    clock.now += 0.2
    assert endpoint.workers_to_stop() == ["w1"]


async def test_no_worker_stops_while_a_job_waits(endpoint: Endpoint, clock: Clock) -> None:
    started(endpoint, "w1")
    clock.now += 60
    endpoint.jobs.submit({})
    assert endpoint.workers_to_stop() == []


async def test_the_longest_idle_stop_first_down_to_the_least(clock: Clock) -> None:
    endpoint = Endpoint("local", Options(min_workers=1, max_workers=2), clock)
    started(endpoint, "w1", "w2")
    clock.now += 6
    job = endpoint.jobs.submit({})
    endpoint.jobs.take("w1")
    endpoint.jobs.finish(job.id, "w1", {"output": 1})
    clock.now += 6
    assert endpoint.workers_to_stop() == ["w2"]


async def test_a_cooled_endpoint_lets_go_at_once_and_only_once(endpoint: Endpoint) -> None:
    started(endpoint, "w1")
    assert endpoint.workers_to_stop() == []
    endpoint.cool()
    assert endpoint.workers_to_stop() == ["w1"]
    assert endpoint.workers_to_stop() == []


async def test_a_strike_is_due_when_its_time_comes_and_told_once(endpoint: Endpoint, clock: Clock) -> None:
    endpoint.strike("w1", signal.SIGKILL, after=2)
    assert endpoint.strikes_due() == []
    clock.now += 2
    assert [(strike.worker, strike.number) for strike in endpoint.strikes_due()] == [("w1", signal.SIGKILL)]
    assert endpoint.strikes_due() == []


async def test_only_a_job_with_a_webhook_is_told_of(endpoint: Endpoint) -> None:
    started(endpoint, "w1")
    for webhook in (None, "http://here"):
        job = endpoint.jobs.submit({}, webhook=webhook)
        endpoint.jobs.take("w1")
        endpoint.jobs.finish(job.id, "w1", {"output": 1})
    assert endpoint.ended.qsize() == 1
    assert endpoint.ended.get_nowait() is job
    endpoint.tell_webhook(job)
    assert endpoint.ended.qsize() == 1


async def test_a_reset_leaves_the_workers_and_nothing_else(endpoint: Endpoint, clock: Clock) -> None:
    started(endpoint, "w1")
    job = endpoint.jobs.submit({})
    endpoint.jobs.take("w1")
    endpoint.scenario.replace({"faults": [{"fault": "slow"}]})
    endpoint.strike("w1", signal.SIGKILL, after=0)
    assert [endpoint.rates.enter("purge-queue", int) for _ in range(3)] == [True, True, False]
    endpoint.roster.starting("w2", 1)
    endpoint.roster.lost("w2")
    clock.now += 5
    endpoint.reset()
    assert endpoint.jobs.get(job.id) is None
    assert endpoint.scenario.describe() == []
    assert endpoint.strikes_due() == []
    assert endpoint.rates.enter("purge-queue", int)
    report = endpoint.report()
    assert (report["worker_seconds"], report["executions"], report["spares_loaded"]) == (0.0, [], 0)
    assert endpoint.health()["workers"]["ready"] == 1
    assert endpoint.health()["workers"]["unhealthy"] == 0
