"""Take a request's images through a service: decode, run in batches, encode. Each image fails alone.

Decoding and encoding share one thread and the model has another, so that the images of the next batch are decoded
while the model runs on this one. At most two batches are decoded at once, however many frames a request has.
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
    """Milliseconds spent decoding images, inside the model's service, and encoding alphas."""

    decode: float = 0.0
    model: float = 0.0
    encode: float = 0.0


@dataclass(slots=True)
class ByteBudget:
    """The bytes that an output's alphas may still take."""

    remaining: int

    def admit(self, alpha: str) -> FrameResult:
        """Return the result of a frame with this alpha (base64): `too_large` where it does not fit."""
        if len(alpha) > self.remaining:
            return {"error": {"code": "too_large", "message": "the answer has no room for this frame: send fewer"}}
        self.remaining -= len(alpha)
        return {"alpha": alpha}


class Executors:
    """The two threads that a worker's requests share, one batch after another.

    A cancelled request leaves at most the step that each thread is in; the next request queues behind it.
    """

    def __init__(self) -> None:
        self._images = ThreadPoolExecutor(1, "images")
        self._model = ThreadPoolExecutor(1, "model")

    def run_image_work(self, work: Callable[[*Arguments], Result], *arguments: *Arguments) -> asyncio.Future[Result]:
        """Run `work` in the thread that decodes images and encodes alphas."""
        return asyncio.get_running_loop().run_in_executor(self._images, work, *arguments)

    def run_model(self, work: Callable[[*Arguments], Result], *arguments: *Arguments) -> asyncio.Future[Result]:
        """Run `work` in the thread that runs models."""
        return asyncio.get_running_loop().run_in_executor(self._model, work, *arguments)


@dataclass(slots=True)
class Pack:
    """One request on its way through `service`. `budget` bounds its output."""

    service: MatteService
    request: Request
    executors: Executors
    budget: ByteBudget
    times: Times = field(default_factory=Times)

    async def run(self) -> list[FrameResult]:
        """Return one result per image, in their order. Raises `WireError` for the whole request."""
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
                alphas = await self._infer_batch(opened)
                results += await encoding if encoding else []
                encoding = self.executors.run_image_work(self._encode, alphas)
                if last:
                    return results + await encoding
        finally:
            opening.cancel()

    async def _run_clip(self) -> list[FrameResult]:
        """Infer all frames at once, since they are found from each other. A frame that cannot be read fails alone."""
        opened = await self.executors.run_image_work(self._open, self.request.images)
        readable = [image for image in opened if isinstance(image, Image.Image)]
        if not readable:
            return [{"error": error} for error in opened if not isinstance(error, Image.Image)]
        params = _drop_unreadable_prompts(self.request.params, opened)
        alphas = _merge_errors(opened, await self.executors.run_model(self._infer, readable, params))
        return await self.executors.run_image_work(self._encode, alphas)

    async def _infer_batch(self, opened: OpenedImages) -> FrameAlphas:
        """Infer one batch. When the model fails on it, try its frames one by one."""
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
        """Run the service. Raises what it raises, and `ValueError` where an alpha has not its image's size."""
        started = time.perf_counter()
        alphas = self.service.infer(images, params)
        self.times.model += _ms_since(started)
        for image, alpha in zip(images, alphas, strict=True):
            if alpha.dtype != np.uint8 or alpha.shape != (image.height, image.width):
                raise ValueError(f"an alpha of {alpha.shape} {alpha.dtype} for an image of {image.size}")
        return alphas

    def _encode(self, alphas: FrameAlphas) -> list[FrameResult]:
        started = time.perf_counter()
        results: list[FrameResult] = []
        for alpha in alphas:
            results.append({"error": alpha} if isinstance(alpha, dict) else self.budget.admit(encode_alpha(alpha)))
        self.times.encode += _ms_since(started)
        return results


def truncate_message(message: str) -> str:
    """Cut an error's message to the length that may travel."""
    return message if len(message) <= MAX_MESSAGE_LENGTH else message[:MAX_MESSAGE_LENGTH] + "…"


def _drop_unreadable_prompts(params: dict[str, Any], opened: OpenedImages) -> dict[str, Any]:
    """Return `params` with prompts renumbered to the readable images, without those on others."""
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


def _merge_errors(opened: OpenedImages, alphas: Sequence[Alpha | FrameError]) -> FrameAlphas:
    """Put the results of the readable images among the errors of the others, in the order of the request."""
    rest = iter(alphas)
    return [next(rest) if isinstance(image, Image.Image) else image for image in opened]


def _frame_error(error: Exception) -> FrameError:
    if isinstance(error, WireError):
        return {"code": error.code, "message": truncate_message(error.message)}
    log_exception("frame failed")
    return MODEL_FAILED


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
