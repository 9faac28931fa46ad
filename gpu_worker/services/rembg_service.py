"""Soft alphas from ISNet, in a session of rembg with weights that `gpu_worker.weights` has checked.

X. Qin et al., "Highly Accurate Dichotomous Image Segmentation", ECCV 2022.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gpu.contract import WireError
from gpu_worker import weights
from gpu_worker.services.absent import AbsentService
from gpu_worker.services.face import DEVICE, Alpha, MatteService

SIDE: Final = 1024
"""ISNet's input is always 1024×1024."""
MOST_THREADS: Final = 8


class RembgService:
    """rembg's ISNet session, loaded once."""

    models = (weights.MODEL,)

    def __init__(self, path: Path) -> None:
        self._session = _load_session(path)

    def unavailable(self) -> None:
        return None

    def check(self, params: dict[str, Any]) -> str:
        """The model's name. Only `model` is known among the parameters, and only ISNet among the models."""
        if unknown := sorted(set(params) - {"model"}):
            raise WireError("bad_params", f"rembg has no parameter {unknown[0]!r}; it takes model")
        model = params.get("model") or weights.MODEL
        if not isinstance(model, str):
            raise WireError("bad_params", "model must be a string")
        if model not in self.models:
            raise WireError("model_unavailable", f"this worker has no {model!r}, only {weights.MODEL}")
        return model

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        self.check(params)
        return [self._alpha(image) for image in images]

    def _alpha(self, image: Image.Image) -> Alpha:
        """The network's own probability as alpha.

        rembg's `predict` stretches each mask to 0–1, which turns the faint answer for an empty frame into noise and
        makes equal frames of a clip unequal; so its session is run here without that.
        """
        runtime = self._session.inner_session
        with DEVICE:
            output = runtime.run(
                [runtime.get_outputs()[0].name], {runtime.get_inputs()[0].name: _network_input(image)}
            )
        mask = np.clip(output[0][0, 0], 0.0, 1.0)
        small = Image.fromarray(np.rint(mask * 255).astype(np.uint8))
        return np.asarray(small.resize(image.size, Image.Resampling.BICUBIC))


def load() -> MatteService:
    """The service when the weights are there, else one that says what to do."""
    path = weights.find()
    return RembgService(path) if path else AbsentService(weights.what_to_do(), RembgService.models)


def _network_input(image: Image.Image) -> NDArray[np.float32]:
    """1×3×1024×1024 in about ±0.5. A fixed scale, where rembg divides by the picture's own brightest pixel."""
    pixels = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float32)
    return ((pixels - 128.0) / 256.0).transpose(2, 0, 1)[np.newaxis]


def _load_session(path: Path) -> Any:
    # rembg imports pymatting, whose functions numba would compile at import: 50 s the first time, 70 MB always.
    # Nothing here calls them.
    os.environ.setdefault("NUMBA_DISABLE_JIT", "1")
    import onnxruntime  # noqa: PLC0415 the environment variable must be set before
    from rembg.sessions.dis_general_use import DisSession  # noqa: PLC0415 the same

    class CheckedWeightsSession(DisSession):  # type: ignore[misc] # rembg has no types
        """rembg's session, told where the weights are instead of fetching them."""

        @classmethod
        def download_models(cls, *_: Any, **__: Any) -> str:
            return str(path)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.inter_op_num_threads = 1
    # Waiting threads sleep: a tenth less processor for the same wall-clock, since web and RQ share the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena keeps its peak for ever, 2.2 GB; without it a run peaks at 1.0 GB and takes 2.4 s instead of 1.9.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return CheckedWeightsSession(weights.MODEL, options)


def threads() -> int:
    """Threads for one run: `OMP_NUM_THREADS`, else the cores this process may use, at most 8."""
    if wish := os.environ.get("OMP_NUM_THREADS"):
        return max(1, int(wish))
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return min(len(usable), MOST_THREADS)
