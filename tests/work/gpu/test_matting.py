from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from pytest_django import Settings

from animations.actions.jobs import cancel
from animations.imaging import png
from animations.models import EndpointState, GpuCall, GpuTiming, Job, Project
from animations.models.job import LeaseLost
from animations.models.quota import QUOTA_EXCEEDED
from animations.work.errors import GpuUnavailable
from animations.work.gpu import timings
from animations.work.gpu.matting import FrameAnswer, MatteRequest, find_calls, matte_many
from animations.work.gpu.row_ledger import RowLedger
from animations.work.lease import Lease
from gpu.batch.execution_time import COLD_START_MS
from tests.work.conftest import disc_png
from tests.work.fake_endpoint import FakeEndpoint

ClaimLease = Callable[[Job], Lease]
ONE = [MatteRequest("rembg", disc_png())]


def clip(frames: int, task: str = "rembg", **params: int) -> list[MatteRequest]:
    """Draw frames of different pictures, 100 px wide and up."""
    return [MatteRequest(task, disc_png(100 + index, 80), params) for index in range(frames)]


class AnswerRecorder:
    """Records the answers that `on_frame` gets, and in which threads."""

    def __init__(self) -> None:
        self.frames: dict[int, FrameAnswer] = {}
        self.threads: set[int] = set()

    def __call__(self, index: int, frame: FrameAnswer) -> None:
        assert index not in self.frames
        self.frames[index] = frame
        self.threads.add(threading.get_ident())
        assert Job.objects.exists()  # rows may be asked for: no event loop in this thread

    @property
    def errors(self) -> list[str]:
        return [frame["message"] for frame in self.frames.values() if not isinstance(frame, bytes)]

    @property
    def widths(self) -> dict[int, int]:
        return {index: png.read(frame).shape[1] for index, frame in self.frames.items() if isinstance(frame, bytes)}


@pytest.fixture
def lease(make_project: Callable[..., Project], lease_of: ClaimLease) -> Lease:
    return lease_of(make_project().jobs.get())


def test_a_call_is_written_down_with_what_it_took(lease: Lease, endpoint: FakeEndpoint) -> None:
    recorder = AnswerRecorder()
    matte_many(lease, ONE, recorder)
    call = GpuCall.objects.get()
    assert isinstance(recorder.frames[0], bytes)
    assert png.read(recorder.frames[0]).shape == (80, 96)
    assert (call.status, call.task, call.remote_id, call.frames) == ("succeeded", "rembg", "1", 1)
    assert (call.delay_ms, call.execution_ms, call.user) == (20, 1500, lease.job.project.owner)
    assert call.sent_at is not None
    assert call.finished_at is not None
    assert find_calls(lease, ONE) == [call]
    assert find_calls(lease, [MatteRequest("sam", disc_png())]) == [None]
    assert EndpointState.objects.get().used_at is not None


def test_the_same_work_is_paid_for_once(lease: Lease, endpoint: FakeEndpoint) -> None:
    first, second = AnswerRecorder(), AnswerRecorder()
    matte_many(lease, ONE, first)
    matte_many(lease, ONE, second)
    assert first.frames == second.frames
    assert len(endpoint.runs) == 1


def test_a_cancelled_job_cancels_its_remote_job(lease: Lease, endpoint: FakeEndpoint) -> None:
    endpoint.answer = {"status": "IN_QUEUE"}
    endpoint.on_run = lambda: cancel(Job.objects.get(pk=lease.job.pk))
    with pytest.raises(LeaseLost), lease.renewing():
        matte_many(lease, ONE, AnswerRecorder())
    assert endpoint.cancelled == ["1"]


def test_many_frames_go_in_few_calls_and_each_is_answered_once_in_the_jobs_own_thread(
    lease: Lease, endpoint: FakeEndpoint
) -> None:
    recorder, requests = AnswerRecorder(), clip(12)
    matte_many(lease, requests, recorder)
    assert recorder.widths == {index: 100 + index for index in range(12)}
    assert recorder.threads == {threading.get_ident()}
    assert len(endpoint.runs) < 4
    assert sum(GpuCall.objects.values_list("frames", flat=True)) == 12
    assert {call.status for call in find_calls(lease, requests) if call} == {"succeeded"}


def test_frames_of_other_tasks_and_parameters_go_in_calls_of_their_own(lease: Lease, endpoint: FakeEndpoint) -> None:
    recorder = AnswerRecorder()
    matte_many(lease, clip(2) + clip(2, "birefnet", size=512) + clip(2, "birefnet", size=1024), recorder)
    assert len(recorder.widths) == 6
    asked = {(run["task"], run["params"].get("size"), len(run["images"])) for run in endpoint.runs}
    assert asked == {("rembg", None, 2), ("birefnet", 512, 2), ("birefnet", 1024, 2)}


def test_equal_pictures_are_asked_for_once(lease: Lease, endpoint: FakeEndpoint) -> None:
    recorder = AnswerRecorder()
    matte_many(lease, clip(1) * 3, recorder)
    assert recorder.widths == {0: 100, 1: 100, 2: 100}
    assert [len(run["images"]) for run in endpoint.runs] == [1]


def test_no_request_makes_no_call(lease: Lease, endpoint: FakeEndpoint) -> None:
    matte_many(lease, [], AnswerRecorder())
    assert endpoint.runs == []


def test_a_frame_fails_alone(lease: Lease, endpoint: FakeEndpoint) -> None:
    recorder, requests = AnswerRecorder(), clip(4)
    endpoint.refused = [requests[2].image]
    matte_many(lease, requests, recorder)
    assert recorder.widths.keys() == {0, 1, 3}
    assert recorder.frames[2] == {"code": "bad_image", "message": "not this one"}
    assert [call is None for call in find_calls(lease, requests)] == [False, False, True, False]


def test_a_run_that_starts_again_takes_its_frames_from_the_ledger_however_they_were_packed(
    lease: Lease, endpoint: FakeEndpoint
) -> None:
    matte_many(lease, clip(6), AnswerRecorder())
    sent, recorder = len(endpoint.runs), AnswerRecorder()
    matte_many(lease, list(reversed(clip(7))), recorder)
    assert recorder.widths == {index: 106 - index for index in range(7)}
    assert [len(run["images"]) for run in endpoint.runs[sent:]] == [1]


def test_a_matte_of_another_size_is_an_error_of_its_frame(lease: Lease, endpoint: FakeEndpoint) -> None:
    endpoint.answers["rembg"] = {"status": "COMPLETED", "output": endpoint.output({"images": _small(2)})}
    recorder = AnswerRecorder()
    matte_many(lease, clip(2), recorder)
    assert len(recorder.errors) == 2
    assert all("another size" in message for message in recorder.errors)


def _small(frames: int) -> list[str]:
    import base64

    return [base64.b64encode(disc_png(20, 20)).decode()] * frames


@pytest.mark.parametrize("requests", [clip(2) + clip(2, "sam"), clip(2, "sam") + clip(2)])
def test_an_error_of_on_frame_ends_the_calls(
    lease: Lease, endpoint: FakeEndpoint, requests: list[MatteRequest]
) -> None:
    def stop(_index: int, _frame: FrameAnswer) -> None:
        raise LeaseLost("gone")

    endpoint.answers["sam"] = {"status": "IN_QUEUE"}
    with pytest.raises(LeaseLost):
        matte_many(lease, requests, stop)
    assert len(endpoint.cancelled) == 1
    assert GpuCall.objects.get(task="sam").status == "cancelled"


def test_an_endpoint_out_of_reach_is_waited_for_and_sent_nothing(lease: Lease, settings: Settings) -> None:
    settings.RUNPOD_BASE_URL = "http://127.0.0.1:9/v2"
    EndpointState.objects.create(
        endpoint="local", breaker={"phase": "open", "error": "unreachable", "opened_at": 4e9, "cooldown": 10.0}
    )
    recorder = AnswerRecorder()
    with pytest.raises(GpuUnavailable):
        matte_many(lease, clip(3), recorder)
    assert recorder.frames == {}
    assert not GpuCall.objects.exists()


def test_frames_fail_in_words_when_the_day_has_no_gpu_time_left(
    lease: Lease, endpoint: FakeEndpoint, settings: Settings
) -> None:
    settings.GPU_SECONDS_PER_DAY = 0
    recorder = AnswerRecorder()
    matte_many(lease, clip(3), recorder)
    assert recorder.errors == [QUOTA_EXCEEDED] * 3
    assert endpoint.runs == []


def test_a_call_that_does_not_fit_into_the_day_is_not_sent_in_pieces(
    lease: Lease, endpoint: FakeEndpoint, settings: Settings
) -> None:
    settings.GPU_SECONDS_PER_DAY = 1
    known = {"per_frame_ms": 90, "per_call_ms": 100, "samples": 3, "updated_at": timezone.now()}
    GpuTiming.objects.create(endpoint="local", task="rembg", size_class="256", **known)
    recorder = AnswerRecorder()
    matte_many(lease, clip(12), recorder)
    assert recorder.errors == [QUOTA_EXCEEDED] * 12
    assert endpoint.runs == []
    assert not GpuCall.objects.exists()


def test_under_a_half_open_breaker_the_other_calls_wait_for_the_first(lease: Lease, endpoint: FakeEndpoint) -> None:
    endpoint.health = {"jobs": {}, "workers": {"ready": 3, "idle": 3}}
    broken = {"phase": "open", "failures": 3, "error": "worker_crashed", "opened_at": time.time() - 30}
    EndpointState.objects.create(endpoint="local", breaker=broken)
    recorder = AnswerRecorder()
    matte_many(lease, clip(30), recorder)
    assert len(recorder.widths) == 30
    assert len(endpoint.runs) > 1
    assert EndpointState.objects.get().breaker["phase"] == "closed"


def test_a_resumed_call_teaches_by_the_pictures_that_this_run_has(lease: Lease, endpoint: FakeEndpoint) -> None:
    requests = [MatteRequest("rembg", disc_png(600 + index, 600)) for index in range(2)]
    keys = [request.task.frame_work(0, request.image, str(lease.job.project_id)).key for request in requests]
    request = requests[0].task.request([request.image for request in requests])

    async def send() -> None:
        ledger = RowLedger(lease)
        record = await ledger.mark_sending(await ledger.get_or_create(request, "pack", f"{endpoint.url}/local", keys))
        endpoint.runs.append(request.to_input())
        await ledger.mark_submitted(record, "1")

    async_to_sync(send)()
    recorder = AnswerRecorder()
    matte_many(lease, requests[1:], recorder)
    assert recorder.widths == {0: 601}
    assert len(endpoint.runs) == 1
    assert [row.size_class for row in GpuTiming.objects.all()] == ["1024"]


def test_a_matte_comes_from_the_last_call_that_has_it(lease: Lease) -> None:
    (key,) = [request.task.frame_work(0, request.image, str(lease.job.project_id)).key for request in ONE]
    now = timezone.now()
    for nth in (2, 1, 3):
        GpuCall.objects.create(
            project=lease.job.project, key=str(nth), task="rembg", status="succeeded", frame_keys=[key],
            results=[{"alpha": "x"} if nth < 3 else {"error": {}}], finished_at=now + timedelta(seconds=nth),
        )  # fmt: skip
    (found,) = find_calls(lease, ONE)
    assert found is not None
    assert found.key == "2"


def test_each_call_that_ends_teaches_how_long_the_next_will_take(lease: Lease, endpoint: FakeEndpoint) -> None:
    matte_many(lease, clip(4), AnswerRecorder())
    learned = GpuTiming.objects.get()
    assert (learned.endpoint, learned.task, learned.size_class) == ("local", "rembg", "256")
    assert learned.samples >= 1
    first = GpuCall.objects.first()
    matte_many(lease, ONE, AnswerRecorder())
    assert first is not None
    assert GpuCall.objects.latest("created_at").estimate_ms > first.estimate_ms / first.frames


def test_a_cold_start_teaches_how_long_the_next_will_take(lease: Lease, endpoint: FakeEndpoint) -> None:
    endpoint.health = {"jobs": {}, "workers": {}}
    matte_many(lease, ONE, AnswerRecorder())
    assert timings.cold_start_seconds() < COLD_START_MS / 2000


def test_a_call_names_its_webhook_when_the_product_has_a_public_url(
    lease: Lease, endpoint: FakeEndpoint, settings: Settings
) -> None:
    matte_many(lease, ONE, AnswerRecorder())
    settings.PUBLIC_URL = "https://emoji.example.org"
    matte_many(lease, clip(1), AnswerRecorder())
    assert endpoint.webhooks[0] == ""
    call = GpuCall.objects.get(remote_id="2")
    assert endpoint.webhooks[1].startswith(f"https://emoji.example.org/hooks/gpu/{call.pk.hex}:")
