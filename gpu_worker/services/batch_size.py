"""Choose how many images a model gets at once on an NVIDIA GPU, by its free memory."""

from __future__ import annotations

from typing import Final

SIZES: Final = (16, 8, 4, 2)
"""Beyond 16 nothing is gained: the GPU has enough to do."""
ASSUMED_FREE: Final = 5_000_000_000
"""Bytes, where nothing can be asked: a fifth of the smallest GPU that the README names. Two images at 1024²."""


def largest_batch_within(budget: int, bytes_per_image: int) -> int:
    """Return the largest of `SIZES` whose images fit into `budget` bytes, else 1."""
    return next((size for size in SIZES if size * bytes_per_image <= budget), 1)


def free_gpu_bytes() -> int:
    """Return the free memory of the GPU that this process runs on.

    onnxruntime has no call for it. torch has, and stands beside it in the image; without torch, or where torch finds
    no GPU, it is `ASSUMED_FREE`.
    """
    try:
        import torch  # noqa: PLC0415 not there without SAM 2
    except ImportError:
        return ASSUMED_FREE
    if not torch.cuda.is_available():
        return ASSUMED_FREE
    return int(torch.cuda.mem_get_info()[0])
