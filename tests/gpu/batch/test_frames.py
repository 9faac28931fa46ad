"""The book of frames: each is delivered once, tried again so many times, and its alpha is checked."""

from __future__ import annotations

from gpu.batch.frames import MAX_FAILURES, Failures, PendingFrames
from gpu.batch.packs import FrameWork
from gpu.contract import FrameError
from gpu.errors import JobFailed
from tests.gpu.batch.harness import TASK, frames

BROKEN: FrameError = {"code": "internal", "message": "broken"}


class DeliveredFrames(list[tuple[int, bytes | FrameError]]):
    """The frames that were handed on, in order."""

    async def add(self, index: int, found: bytes | FrameError) -> None:
        self.append((index, found))


async def test_frames_of_one_key_are_delivered_together_and_once() -> None:
    delivered = DeliveredFrames()
    twin = TASK.frame_work(7, b"picture 0", "project")
    work: list[FrameWork] = [*frames(2), twin]
    book = PendingFrames(work, delivered.add)
    assert len(book) == 2
    await book.deliver(twin.key, b"alpha")
    assert delivered == [(0, b"alpha"), (7, b"alpha")]
    assert (twin.key in book, book.keys) == (False, [work[1].key])


def test_a_frame_that_fails_for_an_unknown_reason_is_tried_once_more() -> None:
    (frame,) = frames(1)
    book = PendingFrames([frame], DeliveredFrames().add)
    assert [book.record_failure(frame.key, BROKEN) for _ in range(2)] == [True, False]


async def test_a_frame_that_is_delivered_without_an_alpha_counts_as_failed() -> None:
    delivered = DeliveredFrames()
    (frame,) = frames(1)
    book = PendingFrames([frame], delivered.add)
    await book.deliver(frame.key, BROKEN)
    assert (delivered, book.failed, len(book)) == ([(0, BROKEN)], 1, 0)


def test_a_frame_that_the_worker_refuses_is_not_tried_again() -> None:
    (frame,) = frames(1)
    book = PendingFrames([frame], DeliveredFrames().add)
    assert not book.record_failure(frame.key, {"code": "bad_image", "message": "no picture"})


async def test_frames_that_are_given_up_have_the_error_of_their_call() -> None:
    delivered = DeliveredFrames()
    book = PendingFrames(frames(2), delivered.add)
    await book.give_up(book.keys, JobFailed("bad_params", "no such model"))
    assert [found for _, found in delivered] == [{"code": "bad_params", "message": "no such model"}] * 2


def test_an_alpha_that_the_check_refuses_counts_as_failed() -> None:
    (frame,) = frames(1)
    book = PendingFrames([frame], DeliveredFrames().add, lambda index, alpha: BROKEN if alpha == b"odd" else None)
    assert book.check(frame.key, b"odd") == BROKEN
    assert book.check(frame.key, b"fine") == b"fine"


def test_a_frame_has_so_many_tries_in_each_job() -> None:
    failures = Failures()
    failures.elsewhere["a"] = 9
    assert [failures.record_failure("a") for _ in range(MAX_FAILURES)] == [True] * (MAX_FAILURES - 1) + [False]
    assert failures.record_failure("b") is True


def test_a_failure_anywhere_makes_the_next_call_another_one() -> None:
    failures = Failures()
    assert failures.retry_tag(["a", "b"]) == failures.retry_tag([]) == ""
    failures.record_failure("a")
    once = failures.retry_tag(["a", "b"])
    failures.elsewhere["a"] = 1
    assert len({"", once, failures.retry_tag(["a", "b"])}) == 3
    assert failures.retry_tag(["b"]) == ""
