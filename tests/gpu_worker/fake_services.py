"""Matting services without a model, for tests of the code around one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from gpu.contract import WireError
from gpu_worker.services.base import Alpha


class BrightnessService:
    """A service whose alpha is the red channel. It fails on black, and asks for batches of `batch` images.

    `batch_sizes` and `received_params` record each batch.
    """

    models = ("brightness",)

    def __init__(self, batch: int = 1) -> None:
        self.batch = batch
        self.batch_sizes: list[int] = []
        self.received_params: list[dict[str, Any]] = []

    def unavailable_reason(self) -> None:
        return None

    def check(self, params: dict[str, Any]) -> str:
        if "zoom" in params:
            raise WireError("bad_params", f"no zoom of {params['zoom']!r} here")
        return "brightness"

    def batch_size(self, params: dict[str, Any]) -> int:
        return self.batch

    def describe(self) -> dict[str, Any]:
        return {"device": "cpu", "batch": self.batch, "available": "not for a service to say"}

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        self.batch_sizes.append(len(images))
        self.received_params.append(params)
        alphas = [np.asarray(image)[..., 0] for image in images]
        if not all(alpha.any() for alpha in alphas):
            raise RuntimeError("the device caught fire")
        return alphas


class BlockingService(BrightnessService):
    """Waits inside the model until `release` is set; `started` is set once the first batch runs."""

    def __init__(self) -> None:
        super().__init__(batch=1)
        self.started = threading.Event()
        self.release = threading.Event()

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        self.started.set()
        self.release.wait(10)
        return super().infer(images, params)
