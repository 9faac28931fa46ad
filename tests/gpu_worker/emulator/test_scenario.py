from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gpu_worker.emulator.jobs.job import Job, Policy
from gpu_worker.emulator.scenario import FAULTS, Fault, Scenario, ScenarioError, image_digests, load, read_faults

CAT, DOG = b"a cat", b"a dog"


def job_of(*contents: bytes, task: str = "rembg") -> Job:
    images = [base64.b64encode(content).decode() for content in contents]
    return Job("j1", {"task": task, "images": images}, False, Policy(), 0.0)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def scenario(**fault: Any) -> Scenario:
    return Scenario({"faults": [fault]})


@pytest.mark.parametrize(
    ("fields", "struck"),
    [
        ({}, [1]),
        ({"nth": 3}, [3]),
        ({"nth": 2, "times": 2}, [2, 3]),
        ({"times": None}, [1, 2, 3, 4, 5]),
    ],
)
def test_a_fault_strikes_so_many_times_from_the_nth_on(fields: dict[str, Any], struck: list[int]) -> None:
    faults = scenario(fault="bad_gateway", **fields)
    assert [number for number in range(1, 6) if faults.on_request("run")] == struck
    assert faults.describe()[0] | {"nth": 0, "times": 0} == {
        "fault": "bad_gateway", "nth": 0, "times": 0, "met": 5, "fired": len(struck)
    }  # fmt: skip


def test_a_request_fault_can_be_of_one_operation() -> None:
    faults = scenario(fault="slow", operation="status", seconds=0.5)
    assert faults.on_request("run") == []
    assert [fault.seconds for fault in faults.on_request("status")] == [0.5]


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        ("rate_limited", "on_request"), ("bad_gateway", "on_request"), ("dropped_before", "on_request"),
        ("dropped_after", "on_request"), ("slow", "on_request"), ("crash", "on_take"), ("hang", "on_take"),
        ("duplicate_delivery", "on_take"), ("lost_result", "on_result"), ("malformed_base64", "on_result"),
        ("wrong_size", "on_result"), ("duplicate_result", "on_result"), ("crash_loop", "on_start"),
        ("webhook_lost", "on_webhook"), ("webhook_twice", "on_webhook"),
    ],
)  # fmt: skip
def test_each_fault_strikes_one_kind_of_event(fault: str, asked: str) -> None:
    job = job_of(CAT)
    faults = scenario(fault=fault)
    moments: dict[str, Callable[[], list[Fault]]] = {
        "on_request": lambda: faults.on_request("run"),
        "on_take": lambda: faults.on_take(job),
        "on_result": lambda: faults.on_result(job),
        "on_start": faults.on_start,
        "on_webhook": lambda: faults.on_webhook(job),
    }
    assert {moment: [one.fault for one in ask()] for moment, ask in moments.items()} == {
        moment: [fault] if moment == asked else [] for moment in moments
    }


def test_there_are_seventeen_faults() -> None:
    assert len(set(FAULTS)) == 17


def test_a_fault_can_be_of_one_task() -> None:
    faults = scenario(fault="crash", task="sam")
    assert faults.on_take(job_of(CAT)) == []
    assert faults.on_take(job_of(CAT, task="sam"))


def test_a_fault_can_follow_one_picture_through_every_packing() -> None:
    faults = scenario(fault="malformed_base64", picture=sha256(DOG), times=None)
    assert faults.on_result(job_of(CAT)) == []
    for job, at in ((job_of(CAT, DOG, CAT, DOG), [1, 3]), (job_of(DOG), [0])):
        (fault,) = faults.on_result(job)
        assert fault.frames(job) == at


def test_a_fault_concerns_the_first_frame_or_the_one_it_names() -> None:
    assert Fault("wrong_size").frames(job_of(CAT, DOG)) == [0]
    assert Fault("wrong_size", frame=1).frames(job_of(CAT, DOG)) == [1]


def test_images_are_identified_by_their_bytes() -> None:
    assert image_digests(job_of(CAT, DOG)) == [sha256(CAT), sha256(DOG)]
    assert image_digests(Job("j1", {"image": "not base64!"}, False, Policy(), 0.0)) == [""]


def test_another_scenario_counts_from_zero_and_a_wrong_one_changes_nothing() -> None:
    faults = scenario(fault="slow")
    assert faults.on_request("run")
    faults.replace({"faults": [{"fault": "slow"}]})
    with pytest.raises(ScenarioError):
        faults.replace({"faults": [{"fault": "rain"}]})
    assert faults.on_request("run")
    faults.replace({})
    assert faults.describe() == []


@pytest.mark.parametrize(
    "entry",
    [
        {}, [], "slow", {"fault": "rain"}, {"fault": "slow", "nth": 0}, {"fault": "slow", "times": 0},
        {"fault": "slow", "seconds": -1}, {"fault": "slow", "seconds": "1"}, {"fault": "slow", "nth": True},
        {"fault": "slow", "operation": "dance"}, {"fault": "slow", "colour": "red"},
        {"fault": "wrong_size", "frame": -1},
    ],
)  # fmt: skip
def test_an_invalid_fault_is_rejected(entry: object) -> None:
    with pytest.raises(ScenarioError):
        read_faults({"faults": [entry]})


@pytest.mark.parametrize("whole", [[], "x", {"faults": 3}, {"fault": []}])
def test_an_invalid_scenario_is_rejected(whole: object) -> None:
    with pytest.raises(ScenarioError):
        read_faults(whole)


def test_null_times_mean_for_ever() -> None:
    (fault,) = read_faults({"faults": [{"fault": "slow", "times": None}]})
    assert math.isinf(fault.times)
    assert fault.matches_next()
    assert scenario(fault="slow", times=None).describe()[0]["times"] is None


def test_a_scenario_is_loaded_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps({"faults": [{"fault": "slow"}]}))
    assert load(path).on_request("health")
    path.write_text("{")
    with pytest.raises(ScenarioError, match="not JSON"):
        load(path)
