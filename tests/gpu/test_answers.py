from __future__ import annotations

import json

import pytest

from gpu.answers import JobState, read_health, read_remote_id, read_result, read_state
from gpu.contract import Request
from gpu.errors import BadOutput, JobCancelled, JobFailed, JobTimedOut, OutputLost
from gpu.ledger import Timings

REQUEST = Request("rembg", (b"a",))


@pytest.mark.parametrize(("body", "expected"), [({"id": "j1"}, "j1"), ({}, ""), ([], ""), ({"id": 7}, "")])
def test_the_id_of_a_queued_job_is_read_or_empty(body: object, expected: str) -> None:
    assert read_remote_id(body) == expected


def test_a_state_holds_the_times_that_runpod_names() -> None:
    state = read_state({"status": "IN_PROGRESS", "delayTime": 12.6, "executionTime": None}, "j1")
    assert state is not None
    assert (state.remote_id, state.ended, state.timings) == ("j1", False, Timings(13, None))


@pytest.mark.parametrize("body", [None, [], {}, {"status": "WHAT"}, {"status": 3}])
def test_an_answer_that_is_no_state_is_none(body: object) -> None:
    assert read_state(body, "j1") is None


def test_the_counts_of_health_are_read_and_nonsense_left_out() -> None:
    health = read_health({"jobs": {"inQueue": 3}, "workers": {"ready": 1, "idle": "x", "running": True}})
    assert dict(health.jobs) == {"inQueue": 3}
    assert dict(health.workers) == {"ready": 1}
    assert dict(read_health("no").workers) == {}


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        (json.dumps({"code": "bad_image", "message": "no picture"}), "bad_image", "no picture"),
        ({"code": "too_large", "message": "too many"}, "too_large", "too many"),
        (
            json.dumps({"error_type": "T", "error_message": "boom", "error_traceback": "File"}),
            "internal",
            "boom",
        ),
        ("Traceback (most recent call last):\n  File x, line 3\nKeyError: 'alpha'", "internal", "KeyError: 'alpha'"),
        ("x" * 1000, "internal", "x" * 300),
        (None, "internal", "The GPU worker failed without saying why."),
    ],
)
def test_a_failed_job_says_why_in_one_line(raw: object, code: str, message: str) -> None:
    with pytest.raises(JobFailed) as caught:
        read_result(REQUEST, JobState("j1", "FAILED", error=raw))
    assert (caught.value.code, caught.value.message, caught.value.remote_id) == (code, message, "j1")


@pytest.mark.parametrize(("state", "error"), [("CANCELLED", JobCancelled), ("TIMED_OUT", JobTimedOut)])
def test_a_job_that_was_stopped_has_its_own_error(state: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_result(REQUEST, JobState("j1", state))


def test_completed_without_output_is_a_lost_output() -> None:
    with pytest.raises(OutputLost):
        read_result(REQUEST, JobState("j1", "COMPLETED"))


@pytest.mark.parametrize("output", ["text", {}, {"results": []}, {"results": [{"alpha": "?"}]}, {"results": [{}]}])
def test_an_output_off_the_wire_is_bad(output: object) -> None:
    with pytest.raises(BadOutput):
        read_result(REQUEST, JobState("j1", "COMPLETED", output))


def test_each_frame_of_a_pack_is_a_matte_or_its_own_error() -> None:
    error = {"code": "bad_image", "message": "no picture"}
    output = {"results": [{"alpha": "aGk="}, {"error": error}]}
    result = read_result(Request("rembg", (b"a", b"b")), JobState("j1", "COMPLETED", output))
    assert result.frames == (b"hi", error)


def test_info_has_an_output_and_no_frames() -> None:
    result = read_result(Request("info"), JobState("j1", "COMPLETED", {"tasks": {}}))
    assert (result.output, result.frames) == ({"tasks": {}}, ())
