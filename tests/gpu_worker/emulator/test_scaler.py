from __future__ import annotations

import pytest

from gpu_worker.emulator.scaler import Demand, QueueDelay, RequestCount, read_scaler


@pytest.mark.parametrize(
    ("demand", "wanted"),
    [
        (Demand(), 0),
        (Demand((0.0,) * 30), 1),
        (Demand((3.9,), running=1), 1),
        (Demand((4.0,), running=1), 2),
        (Demand((9.0, 5.0, 1.0), running=2), 4),
        (Demand((), running=3), 3),
    ],
)
def test_queue_delay_wants_a_worker_for_each_job_that_runs_or_is_late(demand: Demand, wanted: int) -> None:
    assert QueueDelay(4.0).wanted(demand) == wanted


@pytest.mark.parametrize(("value", "wanted"), [(1, 9), (4, 3), (10, 1)])
def test_request_count_is_jobs_by_value_rounded_up(value: int, wanted: int) -> None:
    assert RequestCount(value).wanted(Demand((0.0,) * 7, running=2)) == wanted
    assert RequestCount(value).wanted(Demand()) == 0


def test_a_scaler_is_read_from_text() -> None:
    assert read_scaler("queue_delay:2.5") == QueueDelay(2.5)
    assert read_scaler("request_count:1") == RequestCount(1)
    assert read_scaler("queue_delay") == QueueDelay(4.0)
    assert read_scaler("request_count") == RequestCount(4)


@pytest.mark.parametrize("text", ["", "luck:3", "queue_delay:soon", "queue_delay:-1", "request_count:0"])
def test_other_text_is_no_scaler(text: str) -> None:
    with pytest.raises(ValueError):
        read_scaler(text)
