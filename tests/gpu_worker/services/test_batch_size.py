"""The number of images in one run on a GPU, by its free memory, which these tests set."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from gpu_worker.services.batch_size import ASSUMED_FREE, free_gpu_bytes, largest_batch_within
from gpu_worker.services.onnx_network import CUDA, CUDA_BYTES_PER_IMAGE, OnnxNetwork, imagenet_format
from gpu_worker.services.sam_service import SamService

GB = 1_000_000_000


class Session:
    """The part of a session on a GPU that a network reads before it runs."""

    def __init__(self, batch: str | int = "N", side: str | int = 1024) -> None:
        self.entry = SimpleNamespace(name="input", shape=[batch, 3, side, side], type="tensor(float)")

    def get_inputs(self) -> list[Any]:
        return [self.entry]

    def get_outputs(self) -> list[Any]:
        return [SimpleNamespace(name="mask")]

    def get_providers(self) -> list[str]:
        return [CUDA]


def network(free: int, **shape: Any) -> OnnxNetwork:
    return OnnxNetwork(Session(**shape), imagenet_format(1024), lambda: free)


@pytest.mark.parametrize(("free", "size"), [(80, 16), (20, 8), (12, 4), (5, 2), (4, 1), (0, 1)])
def test_a_batch_is_what_half_of_the_free_memory_holds(free: int, size: int) -> None:
    assert network(free * GB).batch_size() == size


def test_larger_images_make_smaller_batches() -> None:
    free = network(20 * GB, side="S")
    assert [free.batch_size(side) for side in (512, 1024, 2048)] == [16, 8, 2]


def test_a_graph_that_fixes_its_batch_gets_one_image_however_much_is_free() -> None:
    assert network(80 * GB, batch=1).batch_size() == 1


def test_memory_kept_by_a_batch_makes_the_next_one_no_smaller() -> None:
    free = iter([20 * GB, GB])
    asked = OnnxNetwork(Session(), imagenet_format(1024), lambda: next(free))
    assert asked.batch_size() == asked.batch_size() == 8


def test_the_largest_batch_that_fits_is_taken() -> None:
    assert [largest_batch_within(budget, 10) for budget in (1000, 160, 159, 20, 19, 0)] == [16, 16, 8, 2, 1, 1]


def test_torch_is_asked_how_much_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = SimpleNamespace(is_available=lambda: True, mem_get_info=lambda: (7 * GB, 24 * GB))
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
    assert free_gpu_bytes() == 7 * GB
    cuda.is_available = lambda: False
    assert free_gpu_bytes() == ASSUMED_FREE


def test_without_torch_two_images_are_assumed_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert free_gpu_bytes() == ASSUMED_FREE
    assert largest_batch_within(ASSUMED_FREE // 2, CUDA_BYTES_PER_IMAGE) == 2
    assert OnnxNetwork(Session(), imagenet_format(1024)).batch_size() == 2


def test_sam_counts_what_torch_keeps_of_earlier_batches_as_free(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = SimpleNamespace(
        is_available=lambda: True,
        mem_get_info=lambda: (2 * GB, 24 * GB),
        memory_reserved=lambda: 12 * GB,
        memory_allocated=lambda: GB,
    )
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
    click = {"points": [[1, 1, 1]]}
    on = {"gpu": "cuda:0", "processor": "cpu"}
    service = SamService(list(on), lambda name: SimpleNamespace(device=on[name]))
    assert service.batch_size(click | {"model": "gpu"}) == 8
    assert service.batch_size(click | {"model": "processor"}) == 1
