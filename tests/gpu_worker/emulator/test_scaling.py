"""Workers that start and stop, as processes and on the clock."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gpu_worker.emulator.billing import worker_name
from tests.gpu_worker.emulator.harness import (
    ENVIRONMENT,
    FAKE_WORKER,
    FRAME_MS,
    call_debug_api,
    pack_input,
    wait_for_idle_workers,
)
from tests.gpu_worker.endpoint_process import PYTHON, ROOT, LocalEndpoint, start_endpoint
from tests.polling import until

pytestmark = pytest.mark.stack


def billing_report(endpoint: LocalEndpoint) -> Any:
    return call_debug_api(endpoint, "GET", "billing")


def test_a_cold_worker_takes_its_first_job_when_the_cold_start_is_over_and_ends_when_idle(
    scaling_endpoint: LocalEndpoint,
) -> None:
    # With the workers loaded ahead, a cold start takes what it was set to and not what this machine needs.
    until(lambda: billing_report(scaling_endpoint)["spares_loaded"] == 2)
    family = {process.pid for process in scaling_endpoint.descendants()}
    job_ids = [scaling_endpoint.run(pack_input(5)) for _ in range(2)]
    assert scaling_endpoint.health()["workers"]["initializing"] == 2
    jobs = [scaling_endpoint.wait_until_ended(job_id) for job_id in job_ids]
    assert all(1000 <= job["delayTime"] < 2000 for job in jobs)
    assert all(5 * FRAME_MS <= job["executionTime"] < 2000 for job in jobs)
    until(lambda: not any(scaling_endpoint.health()["workers"].values()))
    reported = billing_report(scaling_endpoint)
    assert {one["worker"] for one in reported["workers"]} == {worker_name(job["workerId"]) for job in jobs}
    for worker in reported["workers"]:
        (execution,) = [one for one in reported["executions"] if one["worker"] == worker["worker"]]
        assert worker["ready"] - worker["asked"] == pytest.approx(1.0, abs=0.5)
        assert 0.5 <= worker["stopped"] - execution["ended"] < 2.0
        assert worker["seconds"] == pytest.approx(worker["stopped"] - worker["asked"])
    assert reported["worker_seconds"] == pytest.approx(sum(one["seconds"] for one in reported["workers"]))
    assert reported["cost"] == pytest.approx(reported["worker_seconds"] * 0.01)
    until(lambda: not family & {process.pid for process in scaling_endpoint.descendants()})


def test_a_throttled_worker_does_not_start_until_it_is_released(scaling_endpoint: LocalEndpoint) -> None:
    assert call_debug_api(scaling_endpoint, "POST", "throttle", {"slots": 2}) == {"slots": 2}
    job_id = scaling_endpoint.run(pack_input(1))
    assert scaling_endpoint.health()["workers"]["throttled"] == 2
    assert scaling_endpoint.health()["workers"]["initializing"] == 0
    call_debug_api(scaling_endpoint, "POST", "throttle", {"slots": 1})
    assert scaling_endpoint.wait_until_ended(job_id)["status"] == "COMPLETED"
    assert len(billing_report(scaling_endpoint)["workers"]) == 1


def test_a_job_that_waits_too_long_brings_a_second_worker(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps({"faults": [{"fault": "lost_result"}]}))
    endpoint = start_endpoint(
        env=ENVIRONMENT,
        arguments=(*FAKE_WORKER, "--min-workers", "1", "--max-workers", "2", "--scaler", "queue_delay:0.4",
                   "--cold-start", "0.2", "--scenario", str(scenario)),
    )  # fmt: skip
    wait_for_idle_workers(endpoint, 1)
    until(lambda: billing_report(endpoint)["spares_loaded"] == 1)
    long, short = endpoint.run(pack_input(60)), endpoint.run(pack_input(1))
    waited, worked = endpoint.wait_until_ended(short), endpoint.wait_until_ended(long)
    endpoint.stop()
    assert 600 <= waited["delayTime"] < 2000
    assert waited["workerId"] != worked["workerId"]
    assert ["output" in waited, "output" in worked] == [False, True]


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (("--scaler", "luck"), "a scaler is"),
        (("--scenario", "/nowhere.json"), "/nowhere.json"),
    ],
)
def test_the_command_names_an_invalid_argument(arguments: tuple[str, ...], reported: str) -> None:
    command = [str(PYTHON), "-m", "gpu_worker.local_endpoint", "--port", "0", *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2
    assert reported in ended.stderr
