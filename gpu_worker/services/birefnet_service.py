"""BiRefNet's soft alphas: our own session over its published ONNX graph.

P. Zheng et al., "Bilateral Reference for High-Resolution Dichotomous Image Segmentation", CAAI AIR 2024.
The graph: `input_image` N×3×S×S of ImageNet-normalised RGB, `output_image` N×1×S×S of logits; S is 1024 in the
published files, and N is 1 in some and free in others.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image

from gpu.contract import WireError
from gpu_worker import weights
from gpu_worker.services.base import Alpha, MatteService
from gpu_worker.services.onnx_network import OnnxNetwork, imagenet_format, open_session, providers
from gpu_worker.services.prompts import read_model
from gpu_worker.services.unavailable import UnavailableService

SIDE: Final = 1024
SIDES: Final = range(256, 2049, 32)
"""Sides that a graph of free size may be asked for: the backbone halves its image five times."""
PREFERRED: Final = ("birefnet-general", "birefnet-general-lite", "birefnet")
HALF: Final = "-fp16"


class BiRefNetService:
    """The graphs of `files` by model name, each loaded when first asked for and then kept."""

    def __init__(self, files: dict[str, Path]) -> None:
        self.models = tuple(files)
        self._files = files
        self._networks: dict[str, OnnxNetwork] = {}
        self._loading = threading.Lock()

    def unavailable_reason(self) -> str | None:
        return None

    def check(self, params: dict[str, Any]) -> str:
        """Return the model's name. `size` is the side that the network works at, where the graph's size is free."""
        model = read_model(params, ("model", "size"), self.models, "birefnet")
        self._read_side(self.network(model), params)
        return model

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        network = self.network(self.check(params))
        return network.alphas(images, self._read_side(network, params))

    def batch_size(self, params: dict[str, Any]) -> int:
        network = self.network(self.check(params))
        return network.batch_size(self._read_side(network, params))

    def describe(self) -> dict[str, Any]:
        network = self.network(self.models[0])
        return {
            "device": network.device,
            "batch": network.batch_size(),
            "batch_axis_free": network.batch_axis_free,
            "half": network.half,
            "side": network.side,
            "loaded": sorted(self._networks),
        }

    def network(self, model: str) -> OnnxNetwork:
        """Return the model's graph, in memory from the first call on."""
        with self._loading:
            if model not in self._networks:
                self._networks[model] = OnnxNetwork(open_session(self._files[model]), imagenet_format(SIDE))
            return self._networks[model]

    @staticmethod
    def _read_side(network: OnnxNetwork, params: dict[str, Any]) -> int:
        side = params.get("size")
        if side is None:
            return network.side
        if isinstance(side, bool) or not isinstance(side, int):
            raise WireError("bad_params", "size must be a whole number")
        if not network.size_free and side != network.side:
            raise WireError("bad_params", f"this graph works at {network.side}, not at {side}")
        if network.size_free and side not in SIDES:
            raise WireError("bad_params", f"size must be a multiple of 32 from {SIDES[0]} to {SIDES[-1]}")
        return side


def load(directory: Path | None = None) -> MatteService:
    """Load the service and its first model, or return an `UnavailableService` that says what to do.

    A file `NAME-fp16.onnx` stands for NAME on a GPU, where float16 runs twice as fast, and is a name of its own else.
    """
    directory = directory or weights.default_directory()
    if not find_graphs(directory, half=False):
        return UnavailableService(
            f"No weights for BiRefNet: run `python -m gpu_worker.weights {PREFERRED[0]}` with github.com in reach, "
            f"or put its graph into {directory} as {PREFERRED[0]}.onnx; then start the worker again."
        )
    service = BiRefNetService(find_graphs(directory, half=providers()[0] != "CPUExecutionProvider"))
    service.network(service.models[0])
    return service


def find_graphs(directory: Path, half: bool) -> dict[str, Path]:
    """Find the graphs `birefnet*.onnx` by model name, preferred first; `half` lets a float16 file take its name."""
    files = {path.stem: path for path in sorted(directory.glob("birefnet*.onnx"))}
    for name in [name for name in files if half and name.endswith(HALF)]:
        files[name.removesuffix(HALF)] = files.pop(name)
    rank = {name: place for place, name in enumerate(PREFERRED)}
    return dict(sorted(files.items(), key=lambda item: (rank.get(item[0], len(rank)), item[0])))
