"""A request's pictures on their way through a service: decoded, run in batches, encoded, and each failing alone.

Decoding and encoding have one thread, the model another, so that the pictures of the next batch are opened while the
model runs on this one. No more than two batches are open at once, however many frames a request has.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, TypeVarTuple

import numpy as np
from PIL import Image

from gpu.contract import CLIP_TASK, FrameError, FrameResult, Request, WireError, prompt_frames
from gpu_worker.images import check_total_pixels, encode_alpha, open_image
from gpu_worker.process.json_log import log_exception
from gpu_worker.services.base import Alpha, MatteService

MODEL_FAILED: Final[FrameError] = {"code": "internal", "message": "the model failed on this frame"}
OpenedImages = list[Image.Image | FrameError]
FrameAlphas = list[Alpha | FrameError]
MAX_MESSAGE_LENGTH: Final = 300
"""Characters of an error's message that travel; it may repeat what the caller sent."""
Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


@dataclass(slots=True)
class Times:
    """Milliseconds spent opening pictures, inside the model's service, and encoding alphas."""

    decode: float = 0.0
    model: float = 0.0
    encode: float = 0.0


@dataclass(slots=True)
class ByteBudget:
    """Bytes that an answer's alphas may still have. One that does not fit is its frame's `too_large`."""

    remaining: int

    def admit(self, alpha: str) -> FrameResult:
        """The result of a frame with this alpha (base64)."""
        if len(alpha) > self.remaining:
            return {"error": {"code": "too_large", "message": "the answer has no room for this frame: send fewer"}}
        self.remaining -= len(alpha)
        return {"alpha": alpha}


class Executors:
    """The two threads that a worker's requests go through, one batch after another.

    A request that is cancelled leaves at most the step that each thread is in; the next request queues behind it.
    """

    def __init__(self) -> None:
        self._images = ThreadPoolExecutor(1, "images")
        self._model = ThreadPoolExecutor(1, "model")

    def run_image_work(self, work: Callable[[*Arguments], Result], *about: *Arguments) -> asyncio.Future[Result]:
        """Have the thread that opens pictures and encodes alphas do this."""
        return asyncio.get_running_loop().run_in_executor(self._images, work, *about)

    def run_model(self, work: Callable[[*Arguments], Result], *about: *Arguments) -> asyncio.Future[Result]:
        """Have the thread that runs models do this."""
        return asyncio.get_running_loop().run_in_executor(self._model, work, *about)


@dataclass(slots=True)
class Pack:
    """One request's way through `service`. `room` is what its answer may hold."""

    service: MatteService
    request: Request
    executors: Executors
    budget: ByteBudget
    times: Times = field(default_factory=Times)

    async def run(self) -> list[FrameResult]:
        """As many results as the request has images, in their order. Raises `WireError` for the whole of it."""
        await self.executors.run_image_work(check_total_pixels, self.request.images)
        if self.request.task == CLIP_TASK:
            return await self._run_clip()
        return await self._run_batches()

    async def _run_batches(self) -> list[FrameResult]:
        size = max(1, await self.executors.run_model(self.service.batch_size, self.request.params))
        images = self.request.images
        waiting = [images[start : start + size] for start in range(0, len(images), size)]
        opening = self.executors.run_image_work(self._open, waiting.pop(0))
        encoding: asyncio.Future[list[FrameResult]] | None = None
        results: list[FrameResult] = []
        try:
            while True:
                opened = await opening
                last = not waiting
                if waiting:
                    opening = self.executors.run_image_work(self._open, waiting.pop(0))
                found = await self._infer_batch(opened)
                results += await encoding if encoding else []
                encoding = self.executors.run_image_work(self._encode, found)
                if last:
                    return results + await encoding
        finally:
            opening.cancel()

    async def _run_clip(self) -> list[FrameResult]:
        """All frames at once, since they are found from each other. A frame that cannot be read fails alone."""
        opened = await self.executors.run_image_work(self._open, self.request.images)
        readable = [image for image in opened if isinstance(image, Image.Image)]
        if not readable:
            return [{"error": error} for error in opened if not isinstance(error, Image.Image)]
        params = _drop_unreadable_prompts(self.request.params, opened)
        found = _merge_errors(opened, await self.executors.run_model(self._infer, readable, params))
        return await self.executors.run_image_work(self._encode, found)

    async def _infer_batch(self, opened: OpenedImages) -> FrameAlphas:
        """The alphas of one batch. When the model fails on it, its frames are tried one by one."""
        images = [image for image in opened if isinstance(image, Image.Image)]
        if not images:
            return [error for error in opened if not isinstance(error, Image.Image)]
        try:
            return _merge_errors(opened, await self.executors.run_model(self._infer, images, self.request.params))
        except Exception as error:  # noqa: BLE001 whatever a model's runtime raises
            if len(images) == 1:
                return _merge_errors(opened, [_frame_error(error)])
            if not isinstance(error, WireError):
                log_exception("batch failed", frames=len(images))
        return _merge_errors(opened, [(await self._infer_batch([image]))[0] for image in images])

    def _open(self, contents: Sequence[bytes]) -> OpenedImages:
        started = time.perf_counter()
        opened: OpenedImages = []
        for content in contents:
            try:
                opened.append(open_image(content))
            except WireError as error:
                opened.append(error.as_dict())
        self.times.decode += _ms_since(started)
        return opened

    def _infer(self, images: list[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        """Raises what the service raises, and `ValueError` where its alphas are not the images' size."""
        started = time.perf_counter()
        alphas = self.service.infer(images, params)
        self.times.model += _ms_since(started)
        for image, alpha in zip(images, alphas, strict=True):
            if alpha.dtype != np.uint8 or alpha.shape != (image.height, image.width):
                raise ValueError(f"an alpha of {alpha.shape} {alpha.dtype} for a picture of {image.size}")
        return alphas

    def _encode(self, found: FrameAlphas) -> list[FrameResult]:
        started = time.perf_counter()
        results: list[FrameResult] = []
        for alpha in found:
            results.append({"error": alpha} if isinstance(alpha, dict) else self.budget.admit(encode_alpha(alpha)))
        self.times.encode += _ms_since(started)
        return results


def truncate_message(message: str) -> str:
    """An error's message, cut where it is too long to travel."""
    return message if len(message) <= MAX_MESSAGE_LENGTH else message[:MAX_MESSAGE_LENGTH] + "…"


def _drop_unreadable_prompts(params: dict[str, Any], opened: OpenedImages) -> dict[str, Any]:
    """`params` with the prompts' frames counted among the readable pictures only; those on others are dropped."""
    places = [place for place, image in enumerate(opened) if isinstance(image, Image.Image)]
    frames = prompt_frames(params, len(opened))
    kept = [
        prompt | {"frame": places.index(frame)}
        for frame, prompt in zip(frames, params["prompts"], strict=True)
        if frame in places
    ]
    if not kept:
        raise WireError("bad_image", "no prompt is on a frame that can be read")
    return params | {"prompts": kept}


def _merge_errors(opened: OpenedImages, found: Sequence[Alpha | FrameError]) -> FrameAlphas:
    """`found`, one for each picture that could be opened, with the errors of the others where they belong."""
    rest = iter(found)
    return [next(rest) if isinstance(image, Image.Image) else image for image in opened]


def _frame_error(error: Exception) -> FrameError:
    if isinstance(error, WireError):
        return {"code": error.code, "message": truncate_message(error.message)}
    log_exception("frame failed")
    return MODEL_FAILED


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
