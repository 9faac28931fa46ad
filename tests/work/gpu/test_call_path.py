"""The path of a GPU call: the functions between a clip's frames and the endpoint, counted while one call is made.

A function is on it if it is on the call stack, from the clip's function that asks the GPU on, at one of these steps:
the call is planned, admitted by the breaker, written down in the ledger, sent, polled, or its frame is delivered. The
stack of a task goes on where the task was started.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

import httpx
from asgiref.sync import AsyncToSync
from django.core.files.uploadedfile import SimpleUploadedFile

from animations import jobs
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.models import GpuCall
from animations.work.gpu.breaker_state import RowBreaker
from animations.work.gpu.row_ledger import RowLedger
from animations.work.kinds import clip
from gpu.batch.frames import PendingFrames
from gpu.batch.planner import plan
from tests.ingest.sample_clips import animation, scenes
from tests.work.fake_endpoint import FakeEndpoint

ROOT: Final = Path(__file__).resolve().parents[3]
ROOMS: Final = ("animations/work/", "gpu/")
START: Final = clip._matte_on_gpu.__code__
STEPS: Final = frozenset(
    step.__code__
    for step in (
        plan,
        RowBreaker.admit, RowBreaker.on_submitted, RowBreaker.on_finished,
        RowLedger.get_or_create, RowLedger.mark_sending, RowLedger.mark_submitted, RowLedger.mark_succeeded,
        PendingFrames.deliver,
    )
)  # fmt: skip
Functions = frozenset[tuple[str, str]]
"""Each by its file, relative to the root, and its qualified name."""


class CallPath:
    """A profiler that collects the functions on the path; `outbound` are those until the first byte leaves."""

    def __init__(self) -> None:
        self.outbound: Functions = frozenset()
        self.round_trip: Functions = frozenset()
        self._started_from: dict[asyncio.Future[Any], Functions] = {}
        self._loop_started_from: Functions = frozenset()

    def __call__(self, frame: FrameType, event: str, result: Any) -> None:
        code = frame.f_code
        if event == "return" and code is asyncio.BaseEventLoop.create_task.__code__:
            self._started_from[result] = self._stack(frame)
        if event != "call":
            return
        if code is AsyncToSync.__call__.__code__ and not self._loop_started_from:
            self._loop_started_from = self._stack(frame)
        request = operation_of(frame)
        if code in STEPS or code.co_qualname == f"{START.co_name}.<locals>.on_frame" or request in ("run", "status"):
            self.round_trip |= self._stack(frame)
        if request == "run" and not self.outbound:
            self.outbound = self.round_trip

    def _stack(self, frame: FrameType) -> Functions:
        """Collect the functions from the clip's on; of a task, those that it was started from too."""
        before = found = self._started_from.get(current_task(), self._loop_started_from)
        current: FrameType | None = frame
        while current is not None:
            found |= functions_of(current.f_code)
            if current.f_code is START:
                return found
            current = current.f_back
        return found if before else frozenset()


def operation_of(frame: FrameType) -> str:
    """Return which request of RunPod's API is about to leave in this frame: `run`, `status` …; "" for none."""
    if frame.f_code is not httpx.AsyncClient.send.__code__:
        return ""
    return str(frame.f_locals["request"].url.path).split("/")[3]


def functions_of(code: CodeType) -> Functions:
    """Return the code as one function, or as none: one of other rooms, a lambda, a comprehension."""
    path = Path(code.co_filename)
    file = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""
    if not file.startswith(ROOMS) or code.co_name.startswith("<"):
        return frozenset()
    return frozenset({(file, code.co_qualname)})


def current_task() -> Any:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


@contextmanager
def recorded() -> Iterator[CallPath]:
    path = CallPath()
    threading.setprofile(path)
    sys.setprofile(path)
    try:
        yield path
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def files_of(functions: Functions) -> set[str]:
    return {file for file, _ in functions}


def test_a_call_passes_few_functions_on_its_way_to_the_endpoint_and_back(
    transactional_db: None, owner: Any, endpoint: FakeEndpoint
) -> None:
    options = GenerateOptions(**dict[str, Any](size=64, matte="rembg", framing="whole"))
    upload = SimpleUploadedFile("walk.gif", animation(scenes(2), "GIF", [40, 60]))
    job = create_project(owner, upload, options).jobs.get()
    with recorded() as path:
        jobs.run(str(job.pk))
    assert [call.status for call in GpuCall.objects.all()] == ["succeeded"]
    assert ("gpu/runpod/endpoint.py", "Endpoint._request") in path.outbound
    assert len(path.outbound) <= 18, sorted(path.outbound)
    assert len(files_of(path.outbound)) <= 10
    assert ("animations/work/kinds/clip.py", "_matte_on_gpu.<locals>.on_frame") in path.round_trip
    assert len(path.round_trip) <= 32, sorted(path.round_trip)
    assert len(files_of(path.round_trip)) <= 13
