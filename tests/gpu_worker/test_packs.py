from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gpu.contract import MAX_IMAGES, FrameResult, Request, Task, WireError
from gpu_worker import packs
from gpu_worker.images import open_image
from gpu_worker.packs import ByteBudget, Executors, Pack, truncate_message
from gpu_worker.services.base import Alpha, MatteService
from tests.gpu_worker.fake_services import BlockingService, BrightnessService
from tests.gpu_worker.sample_images import encoded

AMPLE_BYTES = 1_000_000


def grey(level: int) -> bytes:
    return encoded(Image.new("RGB", (6, 4), (level, level, level)))


def pack_of(
    service: MatteService, frames: Sequence[bytes], params: dict[str, Any] | None = None, task: Task = "rembg"
) -> Pack:
    return Pack(service, Request(task, tuple(frames), params or {}), Executors(), ByteBudget(AMPLE_BYTES))


def codes(results: Sequence[FrameResult]) -> list[str]:
    return [result["error"]["code"] if "error" in result else "alpha" for result in results]


async def test_frames_run_in_batches_of_the_services_size_and_come_back_in_order() -> None:
    service = BrightnessService(batch=4)
    pack = pack_of(service, [grey(level) for level in range(10, 110, 10)])
    results = await pack.run()
    assert service.batch_sizes == [4, 4, 2]
    assert results == [(await pack_of(BrightnessService(), [grey(level)]).run())[0] for level in range(10, 110, 10)]
    assert pack.times.decode > 0 < pack.times.model
    assert pack.times.encode > 0


async def test_a_broken_image_of_a_batch_fails_alone() -> None:
    service = BrightnessService(batch=3)
    assert codes(await pack_of(service, [b"broken", grey(9), b"", b"", b"", b""]).run()) == [
        "bad_image", "alpha", "bad_image", "bad_image", "bad_image", "bad_image",
    ]  # fmt: skip
    assert service.batch_sizes == [1]


async def test_when_a_batch_fails_its_frames_are_tried_one_by_one() -> None:
    service = BrightnessService(batch=3)
    assert codes(await pack_of(service, [grey(9), grey(0), grey(8), grey(7)]).run()) == [
        "alpha", "internal", "alpha", "alpha",
    ]  # fmt: skip
    assert service.batch_sizes == [3, 1, 1, 1, 1]


class WrongAlphaService(BrightnessService):
    """Returns alphas that do not fit the images."""

    def __init__(self, answer: list[Alpha]) -> None:
        super().__init__(batch=2)
        self.answer = answer

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        return self.answer[: len(images)]


@pytest.mark.parametrize(
    "alpha", [np.zeros((6, 4), np.uint8), np.zeros((4, 6, 1), np.uint8), np.zeros((4, 6), np.float32)]
)
async def test_an_alpha_that_does_not_fit_its_image_never_leaves_the_worker(alpha: Any) -> None:
    assert codes(await pack_of(WrongAlphaService([alpha, alpha]), [grey(9), grey(9)]).run()) == [
        "internal",
        "internal",
    ]


async def test_alphas_that_are_too_few_are_a_failure() -> None:
    assert codes(await pack_of(WrongAlphaService([]), [grey(9), grey(9)]).run()) == ["internal", "internal"]


class PickyService(BrightnessService):
    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        if any(image.width > 6 for image in images):
            raise WireError("bad_params", "the point is outside" + "!" * 1000)
        return super().infer(images, params)


async def test_an_error_of_the_service_for_one_frame_is_that_frames_error() -> None:
    wide = encoded(Image.new("RGB", (7, 4), (9, 9, 9)))
    results = await pack_of(PickyService(batch=2), [grey(9), wide]).run()
    assert codes(results) == ["alpha", "bad_params"]
    assert len(results[1]["error"]["message"]) <= packs.MAX_MESSAGE_LENGTH + 1


def test_only_a_long_message_is_truncated() -> None:
    assert truncate_message("no") == "no"
    assert truncate_message("x" * 500) == "x" * 300 + "…"


class CountingService(BrightnessService):
    """Counts the batches that have been decoded and have not yet gone through the model."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(batch=5)
        self.live = self.most = 0
        self.ahead = threading.Event()

        def count(content: bytes) -> Image.Image:
            self.live += 1
            self.most = max(self.most, self.live)
            if self.live > 5:
                self.ahead.set()
            return open_image(content)

        monkeypatch.setattr("gpu_worker.packs.open_image", count)

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        if len(self.batch_sizes) < 5:
            assert self.ahead.wait(10)  # the next batch is opened while this one runs
            self.ahead.clear()
        alphas = super().infer(images, params)
        self.live -= len(images)
        return alphas


async def test_the_next_batch_is_opened_during_a_run_and_never_more_than_two_are_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = CountingService(monkeypatch)
    assert codes(await pack_of(service, [grey(9)] * 30).run()) == ["alpha"] * 30
    assert 5 < service.most <= 10


async def test_a_cancelled_request_stops_after_the_batch_that_runs_and_the_next_one_waits_for_it() -> None:
    service, line = BlockingService(), Executors()
    request = Request("rembg", (grey(9),) * 20)
    running = asyncio.create_task(Pack(service, request, line, ByteBudget(AMPLE_BYTES)).run())
    await asyncio.to_thread(service.started.wait, 10)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    following = asyncio.create_task(Pack(service, Request("rembg", (grey(8),)), line, ByteBudget(AMPLE_BYTES)).run())
    await asyncio.sleep(0)
    assert service.batch_sizes == []
    service.release.set()
    assert codes(await following) == ["alpha"]
    assert len(service.batch_sizes) == 2


def clip(service: BrightnessService, frames: Sequence[bytes], *prompts: dict[str, Any]) -> Pack:
    return pack_of(service, frames, {"prompts": list(prompts), "more": 1}, task="sam_clip")


async def test_a_clip_goes_through_the_service_whole() -> None:
    service = BrightnessService(batch=MAX_IMAGES)
    prompt = {"frame": 2, "points": [[1, 1, 1]]}
    assert codes(await clip(service, [grey(9)] * 5, prompt).run()) == ["alpha"] * 5
    assert service.batch_sizes == [5]
    assert service.received_params == [{"prompts": [prompt], "more": 1}]


async def test_prompts_keep_their_frames_when_a_frame_of_a_clip_cannot_be_read() -> None:
    service = BrightnessService(batch=MAX_IMAGES)
    first, later, lost = {"box": [0, 0, 2, 2]}, {"frame": 3, "points": [[1, 1, 1]]}, {"frame": 1, "box": [0, 0, 1, 1]}
    results = await clip(service, [grey(9), b"broken", grey(8), grey(7)], first, later, lost).run()
    assert codes(results) == ["alpha", "bad_image", "alpha", "alpha"]
    assert service.received_params[0]["prompts"] == [first | {"frame": 0}, later | {"frame": 2}]


async def test_a_clip_whose_every_prompt_is_on_a_broken_frame_is_refused() -> None:
    with pytest.raises(WireError, match="no prompt is on a frame that can be read"):
        await clip(BrightnessService(), [b"broken", grey(9)], {"frame": 0, "box": [0, 0, 1, 1]}).run()


async def test_a_clip_of_broken_frames_has_each_ones_error() -> None:
    assert codes(await clip(BrightnessService(), [b"broken", b""], {"frame": 0}).run()) == ["bad_image", "bad_image"]


async def test_a_clip_that_the_model_fails_on_fails_whole() -> None:
    with pytest.raises(RuntimeError, match="fire"):
        await clip(BrightnessService(), [grey(9), grey(0)], {"frame": 0}).run()


def test_a_budget_admits_only_alphas_that_fit() -> None:
    room = ByteBudget(10)
    assert room.admit("123456") == {"alpha": "123456"}
    assert room.admit("12345")["error"]["code"] == "too_large"
    assert room.admit("1234") == {"alpha": "1234"}
    assert room.remaining == 0
