from __future__ import annotations

import asyncio

from gpu_worker.emulator.endpoint import Bell, Endpoint, Roster


async def test_a_ring_wakes_everybody_who_waits_and_nobody_later() -> None:
    bell = Bell()
    waiting = [asyncio.create_task(bell.heard(5)) for _ in range(2)]
    await asyncio.sleep(0)
    bell.ring()
    assert await asyncio.gather(*waiting) == [True, True]
    assert not await bell.heard(0.01)


def test_a_worker_is_ready_from_its_first_question_on() -> None:
    roster = Roster()
    roster.starting("w1", 0)
    assert roster.counts(set())["initializing"] == 1
    assert roster.seen("w1")
    counts = roster.counts(set())
    assert (counts["idle"], counts["ready"], counts["initializing"]) == (1, 1, 0)
    counts = roster.counts({"w1"})
    assert (counts["idle"], counts["ready"], counts["running"]) == (0, 1, 1)


def test_a_lost_worker_is_unhealthy_until_its_slot_is_filled_again() -> None:
    roster = Roster()
    roster.starting("w1", 0)
    roster.seen("w1")
    roster.lost("w1", 0)
    assert roster.counts(set()) == dict.fromkeys(("idle", "initializing", "ready", "running", "throttled"), 0) | {
        "unhealthy": 1
    }
    assert not roster.seen("w1")
    roster.starting("w2", 0)
    assert roster.counts(set())["unhealthy"] == 0


def test_a_stranger_is_no_worker() -> None:
    assert not Roster().seen("w-of-yesterday")


async def test_health_counts_jobs_and_workers() -> None:
    endpoint = Endpoint("local")
    endpoint.roster.starting("w1", 0)
    endpoint.roster.seen("w1")
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
