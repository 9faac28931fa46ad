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
from gpu_worker.images import check_pack, encode_alpha, open_picture
from gpu_worker.process.json_log import tell_failure
from gpu_worker.services.base import Alpha, MatteService

FAILED: Final[FrameError] = {"code": "internal", "message": "the model failed on this frame"}
Opened = list[Image.Image | FrameError]
Found = list[Alpha | FrameError]
LONGEST_MESSAGE: Final = 300
"""Characters of an error's message that travel; it may repeat what the caller sent."""
Arguments = TypeVarTuple("Arguments")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class Times:
    """Milliseconds spent opening pictures, inside the model's service, and encoding alphas."""

    decode: float = 0.0
    model: float = 0.0
    encode: float = 0.0


@dataclass(slots=True)
class Room:
    """Bytes that an answer's alphas may still have. One that does not fit is its frame's `too_large`."""

    left: int

    def admit(self, alpha: str) -> FrameResult:
        """The result of a frame with this alpha (base64)."""
        if len(alpha) > self.left:
            return {"error": {"code": "too_large", "message": "the answer has no room for this frame: send fewer"}}
        self.left -= len(alpha)
        return {"alpha": alpha}


class Line:
    """The two threads that a worker's requests go through, one batch after another.

    A request that is cancelled leaves at most the step that each thread is in; the next request queues behind it.
    """

    def __init__(self) -> None:
        self._pictures = ThreadPoolExecutor(1, "pictures")
        self._model = ThreadPoolExecutor(1, "model")

    def pictures(self, work: Callable[[*Arguments], Answer], *about: *Arguments) -> asyncio.Future[Answer]:
        """Have the thread that opens pictures and encodes alphas do this."""
        return asyncio.get_running_loop().run_in_executor(self._pictures, work, *about)

    def model(self, work: Callable[[*Arguments], Answer], *about: *Arguments) -> asyncio.Future[Answer]:
        """Have the thread that runs models do this."""
        return asyncio.get_running_loop().run_in_executor(self._model, work, *about)


@dataclass(slots=True)
class Pack:
    """One request's way through `service`. `room` is what its answer may hold."""

    service: MatteService
    request: Request
    line: Line
    room: Room
    times: Times = field(default_factory=Times)

    async def run(self) -> list[FrameResult]:
        """As many results as the request has images, in their order. Raises `WireError` for the whole of it."""
        await self.line.pictures(check_pack, self.request.images)
        if self.request.task == CLIP_TASK:
            return await self._run_clip()
        return await self._run_batches()

    async def _run_batches(self) -> list[FrameResult]:
        size = max(1, await self.line.model(self.service.batch_size, self.request.params))
        images = self.request.images
        waiting = [images[start : start + size] for start in range(0, len(images), size)]
        opening = self.line.pictures(self._open, waiting.pop(0))
        encoding: asyncio.Future[list[FrameResult]] | None = None
        results: list[FrameResult] = []
        try:
            while True:
                opened = await opening
                last = not waiting
                if waiting:
                    opening = self.line.pictures(self._open, waiting.pop(0))
                found = await self._find(opened)
                results += await encoding if encoding else []
                encoding = self.line.pictures(self._encode, found)
                if last:
                    return results + await encoding
        finally:
            opening.cancel()

    async def _run_clip(self) -> list[FrameResult]:
        """All frames at once, since they are found from each other. A frame that cannot be read fails alone."""
        opened = await self.line.pictures(self._open, self.request.images)
        readable = [image for image in opened if isinstance(image, Image.Image)]
        if not readable:
            return [{"error": error} for error in opened if not isinstance(error, Image.Image)]
        params = _without_unreadable(self.request.params, opened)
        found = _in_their_places(opened, await self.line.model(self._infer, readable, params))
        return await self.line.pictures(self._encode, found)

    async def _find(self, opened: Opened) -> Found:
        """The alphas of one batch. When the model fails on it, its frames are tried one by one."""
        images = [image for image in opened if isinstance(image, Image.Image)]
        if not images:
            return [error for error in opened if not isinstance(error, Image.Image)]
        try:
            return _in_their_places(opened, await self.line.model(self._infer, images, self.request.params))
        except Exception as error:  # noqa: BLE001 whatever a model's runtime raises
            if len(images) == 1:
                return _in_their_places(opened, [_reason(error)])
            if not isinstance(error, WireError):
                tell_failure("batch failed", frames=len(images))
        return _in_their_places(opened, [(await self._find([image]))[0] for image in images])

    def _open(self, contents: Sequence[bytes]) -> Opened:
        started = time.perf_counter()
        opened: Opened = []
        for content in contents:
            try:
                opened.append(open_picture(content))
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

    def _encode(self, found: Found) -> list[FrameResult]:
        started = time.perf_counter()
        results: list[FrameResult] = []
        for alpha in found:
            results.append({"error": alpha} if isinstance(alpha, dict) else self.room.admit(encode_alpha(alpha)))
        self.times.encode += _ms_since(started)
        return results


def shortened(message: str) -> str:
    """An error's message, cut where it is too long to travel."""
    return message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + "…"


def _without_unreadable(params: dict[str, Any], opened: Opened) -> dict[str, Any]:
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


def _in_their_places(opened: Opened, found: Sequence[Alpha | FrameError]) -> Found:
    """`found`, one for each picture that could be opened, with the errors of the others where they belong."""
    rest = iter(found)
    return [next(rest) if isinstance(image, Image.Image) else image for image in opened]


def _reason(error: Exception) -> FrameError:
    if isinstance(error, WireError):
        return {"code": error.code, "message": shortened(error.message)}
    tell_failure("frame failed")
    return FAILED


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
