"""Soft alphas from rembg's networks, with weights that `gpu_worker.weights` has checked or a person has put there.

ISNet is the default: X. Qin et al., "Highly Accurate Dichotomous Image Segmentation", ECCV 2022.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from PIL import Image

from gpu_worker import weights
from gpu_worker.services.base import Alpha, MatteService
from gpu_worker.services.onnx_network import InputFormat, OnnxNetwork, imagenet_format, providers, session_options
from gpu_worker.services.prompts import read_model
from gpu_worker.services.unavailable import UnavailableService

NETWORKS: Final[Mapping[str, InputFormat]] = MappingProxyType(
    {
        weights.MODEL: InputFormat(1024, (128.0, 128.0, 128.0), (256.0, 256.0, 256.0)),
        "isnet-anime": imagenet_format(1024, (1.0, 1.0, 1.0)),
        "u2net": imagenet_format(320),
        "u2netp": imagenet_format(320),
        "u2net_human_seg": imagenet_format(320),
        "silueta": imagenet_format(320),
        "birefnet-general": imagenet_format(1024),
        "birefnet-general-lite": imagenet_format(1024),
        "birefnet-portrait": imagenet_format(1024),
    }
)
"""rembg's models that this worker can run, and the input that each wants. A model is offered when its file
`NAME.onnx` is in the weights directory."""


class RembgService:
    """The networks of `files` by model name, each in a session of rembg, loaded when first asked for and kept."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self.models = tuple(files)
        self._files = files
        self._networks: dict[str, OnnxNetwork] = {}
        self._loading = threading.Lock()

    def unavailable_reason(self) -> str | None:
        return None

    def check(self, params: dict[str, Any]) -> str:
        """Return the model's name. `model` is the only parameter."""
        return read_model(params, ("model",), self.models, "rembg")

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        return self.network(self.check(params)).alphas(images)

    def batch_size(self, params: dict[str, Any]) -> int:
        return self.network(self.check(params)).batch_size()

    def describe(self) -> dict[str, Any]:
        network = self.network(self.models[0])
        return {
            "device": network.device,
            "batch": network.batch_size(),
            "batch_axis_free": network.batch_axis_free,
            "loaded": sorted(self._networks),
        }

    def network(self, model: str) -> OnnxNetwork:
        """Return the model's network, in memory from the first call on."""
        with self._loading:
            if model not in self._networks:
                self._networks[model] = OnnxNetwork(_open_session(model, self._files[model]), NETWORKS[model])
            return self._networks[model]


def load(directory: Path | None = None) -> MatteService:
    """Load the service and its first model, or return an `UnavailableService` that says what to do."""
    files = find_models(directory or weights.default_directory())
    if not files:
        return UnavailableService(weights.instructions(), (weights.MODEL,))
    service = RembgService(files)
    service.network(service.models[0])
    return service


def find_models(directory: Path) -> dict[str, Path]:
    """Find the file of each model that can run: ISNet's by its checksum, the others by their name."""
    isnet = weights.find(directory)
    others = {name: directory / f"{name}.onnx" for name in NETWORKS if name != weights.MODEL}
    found = {weights.MODEL: isnet} if isnet else {}
    return found | {name: path for name, path in others.items() if path.is_file()}


def _open_session(model: str, path: Path) -> Any:
    """Open the onnxruntime session inside rembg's own. Its `predict` is not used: see `OnnxNetwork.alphas`."""
    # rembg imports pymatting, whose functions numba would compile at import: 50 s the first time, 70 MB always.
    # Nothing here calls them.
    os.environ.setdefault("NUMBA_DISABLE_JIT", "1")
    from rembg.sessions import sessions  # noqa: PLC0415 the environment variable must be set before

    class CheckedWeightsSession(sessions[model]):  # type: ignore[misc] # rembg has no types
        """A session of rembg that is given its weights' path instead of fetching them."""

        @classmethod
        def download_models(cls, *_: Any, **__: Any) -> str:
            return str(path)

    return CheckedWeightsSession(model, session_options(), providers=providers()).inner_session
