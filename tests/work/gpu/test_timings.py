from __future__ import annotations

import pytest

from animations.models import GpuTiming
from animations.work.gpu import timings
from gpu.batch.execution_time import COLD_START_MS, prior
from gpu.contract import FrameError, Request
from gpu.ledger import Result, Timings
from tests.work.conftest import disc_png

pytestmark = pytest.mark.django_db
PICTURE = disc_png(300, 100)


def result(frames: int, execution_ms: int | None, failed: int = 0) -> Result:
    error: FrameError = {"code": "internal", "message": "no"}
    return Result({}, (*[b"png"] * frames, *[error] * failed), Timings(5, execution_ms))


def test_before_the_first_call_there_is_a_guess() -> None:
    assert timings.expected_timing("rembg", "512") == prior("rembg")
    assert timings.cold_start_seconds() == COLD_START_MS / 1000


def test_a_finished_call_moves_the_guess_towards_what_it_took() -> None:
    before = timings.expected_timing("rembg", "512").seconds(10)
    for _ in range(5):
        timings.learn_from("rembg", "512", result(10, 20_000))
    learned = timings.expected_timing("rembg", "512")
    assert learned.seconds(10) == pytest.approx(20.0, rel=0.2)
    assert learned.seconds(10) > before
    assert learned.updated_at > 1.7e9
    assert timings.expected_timing("rembg", "1024") == prior("rembg")
    assert GpuTiming.objects.count() == 1


def test_a_call_without_times_or_with_failed_frames_teaches_nothing() -> None:
    timings.learn_from("rembg", "512", result(4, None))
    timings.learn_from("rembg", "512", result(3, 100, failed=1))
    assert not GpuTiming.objects.exists()


def test_pictures_that_this_run_does_not_have_have_no_size_class() -> None:
    assert timings.request_size_class(Request("rembg", (b"", PICTURE, b""))) == "512"
    assert timings.request_size_class(Request("rembg", (b"", b""))) == ""
    timings.learn_from("rembg", "", result(2, 4000))
    assert not GpuTiming.objects.exists()


def test_cold_starts_are_learned_apart_from_calls() -> None:
    for _ in range(4):
        timings.learn_cold_start(3000)
    assert timings.cold_start_seconds() < COLD_START_MS / 2000


def test_a_call_is_expected_to_take_what_its_frames_take() -> None:
    assert timings.request_size_class(Request("rembg", (PICTURE,))) == timings.picture_size_class(PICTURE) == "512"
    assert timings.request_size_class(Request("info")) == ""
    timings.learn_from("rembg", "512", result(1, 4000))
    one, ten = (timings.expected_ms(Request("rembg", (PICTURE,) * count)) for count in (1, 10))
    known = timings.expected_timing("rembg", "512")
    assert one == pytest.approx(known.seconds(1) * 1000, abs=1)
    assert ten == pytest.approx(known.seconds(10) * 1000, abs=1)
