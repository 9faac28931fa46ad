"""Earlier calls of the same frames: alphas are anybody's, failures are a job's own."""

from __future__ import annotations

from gpu.batch.resume import sort_earlier_calls
from gpu.contract import FrameError
from gpu.ledger import UNTIMED, CallRecord, Result

NO: FrameError = {"code": "internal", "message": "no"}
ODD: FrameError = {"code": "internal", "message": "odd"}


def ended(*frames: bytes | FrameError, ours: bool = True) -> CallRecord:
    """Make a finished call of the frames a, b, c and so on."""
    return CallRecord(
        "k",
        1,
        "url",
        "succeeded",
        result=Result({}, frames, UNTIMED),
        frame_keys=tuple("abcd"[: len(frames)]),
        ours=ours,
    )


def checked(key: str, found: bytes | FrameError) -> bytes | FrameError:
    return ODD if found == b"odd" else found


def test_good_alphas_of_any_job_are_found_and_the_oldest_counts() -> None:
    records = [ended(b"1", NO, b"x"), ended(b"2", b"3", b"y", ours=False)]
    earlier = sort_earlier_calls(records, {"a", "b"}, checked)
    assert earlier.alphas == {"a": b"1", "b": b"3"}


def test_a_jobs_own_failures_are_listed_in_order_and_those_of_others_are_counted() -> None:
    records = [ended(NO, b"odd"), ended(NO, b"odd", ours=False), ended(NO, ours=False), ended(NO)]
    earlier = sort_earlier_calls(records, {"a", "b"}, checked)
    assert earlier.failures == [("a", NO), ("b", ODD), ("a", NO)]
    assert earlier.failed_elsewhere == {"a": 2, "b": 1}
    assert earlier.alphas == {}


def test_calls_that_have_not_ended_are_live() -> None:
    live = CallRecord("k", 1, "url", "submitted", frame_keys=("a",))
    assert sort_earlier_calls([live, ended(b"1")], {"a"}, checked).live == [live]
    assert sort_earlier_calls([ended(b"1")], set(), checked).alphas == {}
