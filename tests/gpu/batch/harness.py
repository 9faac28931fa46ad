"""A delivery in tests: an endpoint of which some jobs never end, what it answers, and what was delivered."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from gpu.batch.delivery import Delivery
from gpu.batch.execution_time import Timing
from gpu.batch.fleet import Fleet
from gpu.batch.forecast import Forecast
from gpu.batch.frames import PendingFrames
from gpu.batch.hedging import hedge_after
from gpu.batch.packs import CheckAlpha, FrameTask, FrameWork, Summary
from gpu.client import GpuClient
from gpu.contract import FrameError
from gpu.ledger import MemoryLedger
from tests.gpu.fake_runpod import FakeRunpod

TASK = FrameTask("rembg", {"model": "isnet"})
WARM_FLEET = Fleet(idle=2, startable=0)
TIMING = Timing(100.0, 10.0)
QUICK = Timing(1.0, 1.0)
"""For what happens on the real clock."""


def images_in(body: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(image) for image in body["input"]["images"]]


def alphas_of_images(body: dict[str, Any]) -> dict[str, Any]:
    """Make each frame's alpha its picture's bytes, so that a frame that got another's is seen."""
    results = [{"alpha": base64.b64encode(b"alpha of " + image).decode()} for image in images_in(body)]
    output = {"results": results, "model": "isnet", "ms": 1.0}
    return {"status": "COMPLETED", "output": output, "delayTime": 5, "executionTime": 60}


def fail_packs_with(bad_images: set[bytes], state: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: state if bad_images.intersection(images_in(body)) else alphas_of_images(body)


def fail_frame(poison: bytes, code: str, times: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Let the pack succeed, but give this frame in it an error, so many times."""
    left = [times]

    def outcome(body: dict[str, Any]) -> dict[str, Any]:
        state = alphas_of_images(body)
        for image, result in zip(images_in(body), state["output"]["results"], strict=True):
            if image == poison and left[0]:
                left[0] -= 1
                del result["alpha"]
                result["error"] = {"code": code, "message": "no"}
        return state

    return outcome


@dataclass
class PartlyStuckRunpod(FakeRunpod):
    """Some jobs never end; the others do when they are asked about."""

    stuck: set[str] = field(default_factory=set)
    idle: int = 1
    waiting: int = 0
    ends_before_health: bool = False
    """What is stuck ends right before the answer to a `/health` that comes after its send."""
    asked_for_health: asyncio.Event = field(default_factory=asyncio.Event)

    def _status(self, request: httpx.Request, remote_id: str) -> httpx.Response:
        if remote_id in self.stuck:
            return httpx.Response(200, json={"id": remote_id, "status": "IN_PROGRESS"})
        return super()._status(request, remote_id)

    def _health(self, _: httpx.Request, __: str) -> httpx.Response:
        self.asked_for_health.set()
        if self.ends_before_health and self.bodies:
            self.stuck = set()
        return httpx.Response(200, json={"jobs": {"inQueue": self.waiting}, "workers": {"idle": self.idle}})


@dataclass
class DeliveryHarness:
    """A client, and what was delivered through it."""

    client: GpuClient
    ledger: MemoryLedger
    delivered: dict[int, bytes | FrameError] = field(default_factory=dict)
    fleet_reads: int = 0
    fleet_error: Exception | None = None

    async def record(self, index: int, found: bytes | FrameError) -> None:
        assert index not in self.delivered
        self.delivered[index] = found

    async def deliver(
        self,
        work: list[FrameWork],
        fleet: Fleet = WARM_FLEET,
        *,
        timing: Timing = TIMING,
        measured: bool = True,
        hedge: Callable[[float], float] = hedge_after,
        check_alpha: CheckAlpha | None = None,
        deadline: float | None = None,
    ) -> Summary:
        forecast = Forecast(timing, measured=measured, hedge_after=hedge)
        frames = PendingFrames(work, self.record, check_alpha)

        async def read_fleet() -> Fleet:
            self.fleet_reads += 1
            if self.fleet_error:
                await asyncio.sleep(0.05)  # what has been started runs meanwhile
                raise self.fleet_error
            return fleet

        return await Delivery(self.client, TASK, frames, forecast, read_fleet, deadline=deadline).run()

    @property
    def failed(self) -> list[int]:
        return sorted(index for index, found in self.delivered.items() if not isinstance(found, bytes))

    def has_right_alphas(self, work: list[FrameWork]) -> bool:
        """Tell whether every frame that did not fail has its own alpha."""
        good = {frame.index: b"alpha of " + frame.image for frame in work if frame.index not in self.failed}
        return {index: found for index, found in self.delivered.items() if isinstance(found, bytes)} == good


def frames(count: int) -> list[FrameWork]:
    return [TASK.frame_work(index, f"picture {index}".encode(), "project") for index in range(count)]
