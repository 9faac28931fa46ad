"""The protocol that every matting service follows."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Alpha = NDArray[np.uint8]
"""H×W, 0 is background and 255 foreground."""

DEVICE_LOCK: Final = threading.Lock()
"""Held around each run of a model, by the service itself. A thread's lock, since a job cancelled mid-frame leaves its
thread running."""


class MatteService(Protocol):
    """A way to find the alpha of an image, or of all images of a clip."""

    @property
    def models(self) -> tuple[str, ...]:
        """Names a request may choose from; the first is the default."""
        ...

    def unavailable_reason(self) -> str | None:
        """Return why this service cannot run here, with what to do; None when it can."""
        ...

    def check(self, params: dict[str, Any]) -> str:
        """Return the model that `params` ask for. Raises `WireError` (`bad_params`, `model_unavailable`)."""
        ...

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        """Return one alpha per RGB image, each of its image's size. Raises `WireError` like `check`."""
        ...

    def batch_size(self, params: dict[str, Any]) -> int:
        """Return how many images one `infer` should get: by memory, 1 where a graph's batch axis is fixed.

        A clip needs all its images at once (`gpu.contract.MAX_IMAGES`), since its frames are found from each other.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """Return what the task `info` shows: `device` ("cpu", "cuda:0"), `batch`, `batch_axis_free`, and more."""
        ...
