"""What every matting service looks like from the handler's side."""

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
    """One way to find the alpha of a picture, or of all pictures of a clip."""

    @property
    def models(self) -> tuple[str, ...]:
        """Names a request may choose from; the first is the default."""
        ...

    def unavailable_reason(self) -> str | None:
        """Why this service cannot run here and now, in one line that says what to do; None when it can."""
        ...

    def check(self, params: dict[str, Any]) -> str:
        """The model that `params` ask for. Raises `WireError` (`bad_params`, `model_unavailable`)."""
        ...

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        """One alpha per RGB image, each as large as its image. Raises `WireError` like `check`."""
        ...

    def batch_size(self, params: dict[str, Any]) -> int:
        """How many images one `infer` should get: by memory, 1 where a graph's batch axis is fixed.

        For a clip: every image of it (`gpu.contract.MAX_IMAGES`), since its frames are found from each other.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """For the task `info`: `device` ("cpu", "cuda:0"), `batch`, `batch_axis_free`, and what else it knows."""
        ...
