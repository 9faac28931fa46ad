"""Frames and packs by their keys."""

from __future__ import annotations

from gpu.batch.packs import FrameTask, can_resume, frame_error, pack_key
from gpu.errors import JobFailed
from gpu.ledger import CallRecord

HERE = "https://gpu.test/v2/ep"


def record(status: str, frame_keys: tuple[str, ...], endpoint: str = HERE) -> CallRecord:
    return CallRecord("k", 1, endpoint, status, frame_keys=frame_keys)  # type: ignore[arg-type]


def test_a_frame_is_known_by_what_is_asked_of_it_and_for_whom() -> None:
    job = FrameTask("rembg", {"model": "isnet"})
    frame = job.frame_work(3, b"picture", "project 1", returned_bytes=70, weight=2.0)
    assert (frame.index, frame.image, frame.cost.sent_bytes, frame.cost.returned_bytes, frame.cost.weight) == (
        3, b"picture", 7, 70, 2.0,
    )  # fmt: skip
    assert job.frame_work(9, b"picture", "project 1").key == frame.key
    others = [
        job.frame_work(3, b"other", "project 1"),
        job.frame_work(3, b"picture", "project 2"),
        FrameTask("rembg", {}).frame_work(3, b"picture", "project 1"),
        FrameTask("birefnet", {"model": "isnet"}).frame_work(3, b"picture", "project 1"),
    ]
    assert len({frame.key, *(other.key for other in others)}) == 5


def test_a_job_asks_for_packs() -> None:
    request = FrameTask("rembg", {"model": "isnet"}).request(iter([b"a", b"b"]))
    assert (request.task, request.images, request.params, request.pack) == (
        "rembg", (b"a", b"b"), {"model": "isnet"}, True,
    )  # fmt: skip


def test_a_pack_is_known_by_its_frames_in_order_and_their_retry_tag() -> None:
    keys = {pack_key(["a", "b"]), pack_key(["b", "a"]), pack_key(["a"]), pack_key(["a", "b"], "hedge")}
    assert len(keys) == 4
    assert pack_key(["a", "b"]) == pack_key(("a", "b"))
    assert all(len(key) == 64 for key in keys)


def test_a_call_of_our_frames_alone_can_be_resumed_whatever_became_of_its_send() -> None:
    assert all(can_resume(record(status, ("a", "b")), ["a", "b", "c"], HERE) for status in ("prepared", "uncertain"))


def test_a_call_with_frames_of_others_can_be_resumed_only_when_its_job_is_known_here() -> None:
    assert can_resume(record("submitted", ("a", "x")), ["a"], HERE)
    assert can_resume(record("succeeded", ("a", "x")), ["a"], HERE)
    assert not can_resume(record("uncertain", ("a", "x")), ["a"], HERE)
    assert not can_resume(record("submitted", ("a", "x"), "https://elsewhere.test/v2/ep"), ["a"], HERE)


def test_a_failed_call_gives_its_frames_its_own_error() -> None:
    assert frame_error(JobFailed("internal", "it broke", "job-1")) == {"code": "internal", "message": "it broke"}
