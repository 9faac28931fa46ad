"""A matting network as an ONNX graph: images in, alphas out, on the CPU or an NVIDIA GPU."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gpu_worker.services.base import DEVICE_LOCK, Alpha
from gpu_worker.services.batch_size import free_gpu_bytes, largest_batch_within

MAX_THREADS: Final = 8
CUDA: Final = "CUDAExecutionProvider"
CUDA_BYTES_PER_IMAGE: Final = 1_200_000_000
"""Memory of a network of this kind for one image at `USUAL_SIDE` beside its weights, with room to spare."""
USUAL_SIDE: Final = 1024
CUDA_SHARE: Final = 0.5
"""The share of free memory that one network takes: the worker's other models want theirs."""
HALF: Final = np.dtype(np.float16)


@dataclass(frozen=True, slots=True)
class InputFormat:
    """The images a network wants: a square of `side` pixels, and (pixel − mean) / deviation per channel."""

    side: int
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]

    def lookup_table(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return 3×256: each channel's normalised value of each byte. A look-up takes a third of the time.

        The scale is fixed, where rembg divides by the image's own brightest pixel, so that two frames of a clip that
        differ in one highlight stay comparable.
        """
        values = np.arange(256, dtype=np.float64)
        rows = [(values - mean) / deviation for mean, deviation in zip(self.mean, self.deviation, strict=True)]
        return np.array(rows).astype(dtype)


def imagenet_format(side: int, deviation: tuple[float, float, float] = (0.229, 0.224, 0.225)) -> InputFormat:
    """Return ImageNet's mean and (unless given) deviation, of pixels in 0–255."""
    red, green, blue = deviation
    return InputFormat(side, (0.485 * 255, 0.456 * 255, 0.406 * 255), (red * 255, green * 255, blue * 255))


class OnnxNetwork:
    """One graph in an onnxruntime session: N×3×S×S (float32 or float16) in, its first output N×1×S×S the mask.

    `free` returns the bytes that are free on the GPU.
    """

    def __init__(self, session: Any, input_format: InputFormat, free: Callable[[], int] = free_gpu_bytes) -> None:
        entry = session.get_inputs()[0]
        batch, _, height, _ = entry.shape
        self.batch_axis_free = not isinstance(batch, int)
        """Whether the graph takes any number of images at once. Fixed axes are integers, free ones names."""
        self.size_free = not isinstance(height, int)
        self.side: int = input_format.side if self.size_free else height
        self.device = "cuda:0" if CUDA in session.get_providers() else "cpu"
        self._session = session
        self._input, self._output = entry.name, session.get_outputs()[0].name
        self._dtype = HALF if entry.type == "tensor(float16)" else np.dtype(np.float32)
        self._lookup_table = input_format.lookup_table(self._dtype)
        self._free = free
        self._budget: int | None = None

    @property
    def half(self) -> bool:
        """Whether the graph works in float16."""
        return self._dtype == HALF

    def batch_size(self, side: int | None = None) -> int:
        """Return how many images of `side` pixels one run takes: as many as the GPU's memory holds.

        1 where the graph fixes it, and on a CPU (which gains nothing and pays in memory). The memory is asked for
        once: onnxruntime keeps what a run took, so that a second look would find the first batch's own gone.
        """
        if not self.batch_axis_free or self.device == "cpu":
            return 1
        if self._budget is None:
            self._budget = int(self._free() * CUDA_SHARE)
        return largest_batch_within(self._budget, CUDA_BYTES_PER_IMAGE * (side or self.side) ** 2 // USUAL_SIDE**2)

    def alphas(self, images: Sequence[Image.Image], side: int | None = None) -> list[Alpha]:
        """Return one alpha per RGB image, of the image's size: the network's own probability, never stretched.

        Stretching each mask to 0–1 (as rembg's sessions do) turns the faint answer for an empty frame into noise and
        makes equal frames of a clip unequal.
        """
        step = len(images) if self.batch_axis_free else 1
        found: list[Alpha] = []
        for start in range(0, len(images), max(1, step)):
            part = images[start : start + step]
            masks = self.run(self.prepare(part, side or self.side))
            found += [_resize_mask(mask, image) for mask, image in zip(masks, part, strict=True)]
        return found

    def prepare(self, images: Sequence[Image.Image], side: int) -> NDArray[Any]:
        """Return N×3×side×side, normalised, in the graph's own float type."""
        batch = np.empty((len(images), 3, side, side), self._dtype)
        for planes, image in zip(batch, images, strict=True):
            small = image.resize((side, side), Image.Resampling.BILINEAR)
            for channel, plane in enumerate(planes):
                np.take(self._lookup_table[channel], np.asarray(small.getchannel(channel)), out=plane)
        return batch

    def run(self, batch: NDArray[Any]) -> NDArray[np.float32]:
        """Return N×S×S probabilities. IO binding keeps a graph's other outputs on the device."""
        with DEVICE_LOCK:
            binding = self._session.io_binding()
            binding.bind_cpu_input(self._input, batch)
            binding.bind_output(self._output)
            self._session.run_with_iobinding(binding)
            mask = binding.copy_outputs_to_cpu()[0]
        return to_probabilities(mask[:, 0].astype(np.float32, copy=False))


def to_probabilities(masks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring N masks to 0–1: through the sigmoid where they hold logits, unchanged where they hold probabilities.

    A graph does not say which of the two it gives. A mask of logits has values below 0 or above 1: background is far
    below. Rounding of float16 may put a probability a hair outside.
    """
    slack = 2e-3
    logits = (masks.min(axis=(1, 2)) < -slack) | (masks.max(axis=(1, 2)) > 1 + slack)
    found = np.clip(masks, 0.0, 1.0)
    found[logits] = 1.0 / (1.0 + np.exp(-np.clip(masks[logits], -60.0, 60.0)))
    return found


def open_session(path: Path) -> Any:
    """Open an onnxruntime session for the graph at `path`, on the GPU when there is one."""
    import onnxruntime  # noqa: PLC0415 half a second, and not there where only requests are checked

    return onnxruntime.InferenceSession(str(path), session_options(), providers=providers())


def providers() -> list[Any]:
    """Return the providers that onnxruntime is to use, best first."""
    import onnxruntime  # noqa: PLC0415 as above

    if CUDA not in onnxruntime.get_available_providers():
        return ["CPUExecutionProvider"]
    # An exhaustive search for the best kernel takes seconds for every new batch size; a worker may live for a minute.
    return [(CUDA, {"cudnn_conv_algo_search": "HEURISTIC"}), "CPUExecutionProvider"]


def session_options() -> Any:
    """Return options with few threads that sleep while they wait, and no arena."""
    import onnxruntime  # noqa: PLC0415 as above

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.inter_op_num_threads = 1
    # Waiting threads sleep: a tenth less processor for the same wall-clock, since web and RQ share the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena keeps its peak for ever, 2.2 GB; without it a run peaks at 1.0 GB and takes 2.4 s instead of 1.9.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return options


def threads() -> int:
    """Return the threads of one run: `OMP_NUM_THREADS`, else the cores this process may use, at most 8."""
    if limit := os.environ.get("OMP_NUM_THREADS"):
        return max(1, int(limit))
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return min(len(usable), MAX_THREADS)


def _resize_mask(mask: NDArray[np.float32], image: Image.Image) -> Alpha:
    small = Image.fromarray(np.rint(mask * 255).astype(np.uint8))
    return np.asarray(small.resize(image.size, Image.Resampling.BICUBIC))
