from __future__ import annotations

import json

import pytest

from gpu.contract import Request
from gpu.errors import (
    BadOutput,
    JobCancelled,
    JobFailed,
    JobTimedOut,
    JobTooLarge,
    OutputLost,
    TransportError,
    WorkerCrashed,
)
from gpu.ledger import Timings
from gpu.runpod.responses import JobState, read_health, read_remote_id, read_result, read_state, readable_message

REQUEST = Request("rembg", (b"a",))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"id": "j1"}, "j1"),
        ({}, ""),
        ([], ""),
        ({"id": 7}, ""),
        ({"id": "x" * 101}, ""),
        ({"id": "a\0b"}, ""),
        ({"id": "a\ud800"}, ""),
    ],
)
def test_the_id_of_a_queued_job_is_read_or_empty(body: object, expected: str) -> None:
    assert read_remote_id(body) == expected


def test_a_state_holds_the_times_that_runpod_names() -> None:
    state = read_state({"status": "IN_PROGRESS", "delayTime": 12.6, "executionTime": None}, "j1")
    assert (state.remote_id, state.ended, state.timings) == ("j1", False, Timings(13, None))


@pytest.mark.parametrize("time", ["NaN", "Infinity", "1e999", "1e30", "-5", "2147483648", "true", '"12"'])
def test_a_time_that_can_be_none_is_left_out(time: str) -> None:
    body = json.loads(f'{{"status": "COMPLETED", "delayTime": {time}, "executionTime": {time}}}')
    assert read_state(body, "j1").timings == Timings(None, None)


@pytest.mark.parametrize("body", [None, [], {}, {"status": "WHAT"}, {"status": 3}, {"status": []}])
def test_an_answer_that_is_no_state_is_the_endpoints_error(body: object) -> None:
    with pytest.raises(TransportError):
        read_state(body, "j1")


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


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (json.dumps({"code": "bad_image", "message": "no picture"}), JobFailed),
        (json.dumps({"code": "internal", "message": "our handler caught it"}), JobFailed),
        (json.dumps({"code": "too_large", "message": "too many"}), JobTooLarge),
        (json.dumps({"error_type": "MemoryError", "error_message": ""}), WorkerCrashed),
        ("worker exited with exit code 137", WorkerCrashed),
        (None, WorkerCrashed),
    ],
)
def test_a_refusal_a_size_limit_and_a_crash_of_a_worker_are_different_errors(
    raw: object, kind: type[JobFailed]
) -> None:
    with pytest.raises(JobFailed) as caught:
        read_result(REQUEST, JobState("j1", "FAILED", error=raw))
    assert type(caught.value) is kind


@pytest.mark.parametrize("code", ["Bad Code!", "x" * 41, 7, ["bad_image"], "Traceback"])
def test_a_code_that_is_no_plain_word_is_internal(code: object) -> None:
    with pytest.raises(JobFailed) as caught:
        read_result(REQUEST, JobState("j1", "FAILED", error=json.dumps({"code": code, "message": "no"})))
    assert caught.value.code == "internal"


UNSAID = "The GPU worker failed without saying why."
TRACE = 'Traceback (most recent call last):\n  File "/app/handler.py", line 3, in run\n    raise error'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("first\n\n  last  \n", "last"),
        ("", UNSAID),
        (TRACE, UNSAID),
        (f"{TRACE}\nonnxruntime.Fail: no memory", "onnxruntime.Fail: no memory"),
        (json.dumps({"error_message": "boom", "error_traceback": TRACE})[:-10], UNSAID),
        ("POST https://u:p@app.test/hook/abc?sig=s3cret failed", "POST https://app.test/… failed"),
        ('see "wss://h.test:8/x" and s3://key:secret@bucket/x', 'see "wss://h.test:8/…" and s3://bucket/…'),
    ],
)
def test_a_workers_words_are_one_line_without_a_traceback_or_a_signed_address(text: str, shown: str) -> None:
    assert readable_message(text) == shown


def test_the_error_of_a_frame_is_as_presentable_as_that_of_a_job() -> None:
    output = {"results": [{"error": {"code": 5, "message": f"{TRACE}\nKeyError: 'x' " + "y" * 400}}]}
    (frame,) = read_result(REQUEST, JobState("j1", "COMPLETED", output)).frames
    assert isinstance(frame, dict)
    assert (frame["code"], frame["message"][:13], len(frame["message"])) == ("internal", "KeyError: 'x'", 300)


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
