"""The endpoint's workers and its scaler, as a plan sees them."""

from __future__ import annotations

import pytest

from gpu.batch.fleet import Fleet, Scaler, read_fleet


def test_a_scaler_is_read_and_written() -> None:
    assert Scaler.parse("request_count:1") == Scaler("request_count", 1.0)
    assert Scaler.parse("queue_delay:4") == Scaler()
    assert str(Scaler.parse("queue_delay:2.5")) == "queue_delay:2.5"


@pytest.mark.parametrize(
    "text", ["", "queue_delay", "request_count:0", "queue_delay:-1", "round_robin:3", "queue_delay:x"]
)
def test_a_text_that_is_no_scaler_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Scaler.parse(text)


def test_a_fleet_is_read_from_the_health_of_an_endpoint() -> None:
    fleet = read_fleet(
        {"idle": 1, "running": 2, "initializing": 1, "throttled": 1, "ready": 3}, {"inQueue": 2},
        max_workers=7, scaler=Scaler("request_count", 2), cold_start=8.0, job_seconds=3.0, idle_timeout=4.0,
    )  # fmt: skip
    assert fleet == Fleet(1, (1.5, 1.5, 4.0), 2, Scaler("request_count", 2), 8.0, 4.0, (3.0, 3.0))


def test_idle_workers_are_those_ready_that_do_not_run_where_they_are_not_counted() -> None:
    fleet = read_fleet({"ready": 3, "running": 1}, {}, max_workers=3, cold_start=8.0, job_seconds=1.0)
    assert (fleet.idle, fleet.free_in, fleet.startable, fleet.queue_ahead) == (2, (0.5,), 0, ())


def test_an_endpoint_that_says_nothing_may_start_what_it_is_allowed() -> None:
    fleet = read_fleet({}, {}, cold_start=8.0, job_seconds=1.0)
    assert (fleet.idle, fleet.existing, fleet.startable) == (0, [], 3)


def test_workers_take_jobs_in_the_order_in_which_they_are_free() -> None:
    assert Fleet(idle=2, free_in=(3.0, 1.0)).existing == [0.0, 0.0, 1.0, 3.0]


def test_cold_workers_are_ready_a_cold_start_after_the_scaler_asks() -> None:
    assert Fleet(startable=2, scaler=Scaler("request_count", 1), cold_start=5).cold == [5, 5]
    assert Fleet(idle=1, startable=2, scaler=Scaler("queue_delay", 4), cold_start=5).cold == [9, 9]
    assert Fleet(startable=3, scaler=Scaler("queue_delay", 4), cold_start=5).cold == [5, 9, 9]


def test_request_count_starts_a_worker_for_so_many_jobs() -> None:
    fleet = Fleet(idle=1, free_in=(1.0,), startable=3, scaler=Scaler("request_count", 2))
    assert [fleet.started_by_request_count(jobs) for jobs in (1, 3, 4, 6, 40)] == [0, 0, 1, 2, 3]


def test_queue_delay_starts_a_worker_for_every_job_that_is_not_done_by_then() -> None:
    assert [Fleet(idle=1, startable=2).started_by_queue_delay(busy) for busy in (0, 1, 2, 9)] == [0, 0, 1, 2]
    assert [Fleet(startable=2).started_by_queue_delay(busy) for busy in (0, 1, 2, 9)] == [1, 1, 2, 2]
