"""BiRefNet's session, on generated graphs of the same input and output names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gpu.contract import WireError
from gpu_worker.services import birefnet_service, onnx_network
from gpu_worker.services.base import DEVICE_LOCK
from gpu_worker.services.birefnet_service import BiRefNetService, find_graphs
from gpu_worker.services.onnx_network import InputFormat, OnnxNetwork, imagenet_format, open_session, to_probabilities
from gpu_worker.services.unavailable import UnavailableService
from tests.gpu_worker.models.graphs import BIAS, GAIN

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def expected(image: Image.Image, side: int = 64, gain: float = GAIN) -> NDArray[Any]:
    """Compute the graph's probability by hand, at the network's own size."""
    small = np.asarray(image.resize((side, side), Image.Resampling.BILINEAR), float) / 255
    return np.asarray(1 / (1 + np.exp(-(((small - MEAN) / DEVIATION).mean(-1) * gain + BIAS))))


class CountingNetwork(OnnxNetwork):
    """Counts its runs, and the images of each."""

    def __init__(self, session: Any, input_format: InputFormat) -> None:
        super().__init__(session, input_format)
        self.sizes: list[int] = []

    def run(self, batch: NDArray[Any]) -> NDArray[np.float32]:
        self.sizes.append(len(batch))
        return super().run(batch)


def network(path: Path, side: int = 64) -> CountingNetwork:
    return CountingNetwork(open_session(path), imagenet_format(side))


def test_alphas_are_the_networks_soft_probability_at_the_images_size(graph: Any, make_image: Any) -> None:
    image = make_image(64, 64)
    (alpha,) = BiRefNetService({"birefnet-general": graph()}).infer([image], {})
    assert np.abs(alpha - expected(image) * 255).max() <= 1
    (large,) = BiRefNetService({"birefnet-general": graph()}).infer([make_image(91, 47)], {})
    assert large.shape == (47, 91)
    assert len(np.unique(large)) > 20


def test_an_empty_frame_stays_empty(graph: Any) -> None:
    black = Image.new("RGB", (50, 40))
    (alpha,) = BiRefNetService({"birefnet-general": graph()}).infer([black], {})
    assert alpha.max() <= 1


def test_equal_frames_of_a_clip_stay_equal_beside_a_highlight(graph: Any) -> None:
    """No mask is stretched by its own extremes, no picture by its brightest pixel."""
    plain = Image.new("RGB", (64, 64), (90, 90, 90))
    spot = plain.copy()
    spot.paste((255, 255, 255), (0, 0, 9, 9))
    alphas = BiRefNetService({"birefnet-general": graph()}).infer([plain, spot], {})
    assert np.array_equal(alphas[0][20:, 20:], alphas[1][20:, 20:])


def test_a_graph_that_ends_in_a_sigmoid_gets_no_second_one(graph: Any, make_image: Any) -> None:
    image = make_image(64, 64)
    (alpha,) = BiRefNetService({"birefnet-general": graph(sigmoid=True)}).infer([image], {})
    assert np.abs(alpha - expected(image) * 255).max() <= 1


def test_a_free_batch_axis_takes_all_images_at_once(graph: Any, make_image: Any) -> None:
    images = [make_image(64, 48, seed) for seed in range(3)]
    free, fixed = network(graph("free", batch="N")), network(graph("fixed"))
    together, one_by_one = free.alphas(images), fixed.alphas(images)
    assert (free.sizes, fixed.sizes) == ([3], [1, 1, 1])
    for left, right in zip(together, one_by_one, strict=True):
        assert np.array_equal(left, right)
    assert free.alphas([]) == fixed.alphas([]) == []


def test_the_batch_is_one_where_the_graph_fixes_it_and_larger_on_a_gpu_where_it_does_not(graph: Any) -> None:
    free, fixed = network(graph("free", batch="N")), network(graph("fixed"))
    assert (free.batch_axis_free, fixed.batch_axis_free) == (True, False)
    assert free.batch_size() == fixed.batch_size() == 1
    free.device = fixed.device = "cuda:0"
    assert (free.batch_size(), fixed.batch_size()) == (16, 1)


def test_the_requested_size_decides_how_many_images_a_gpu_holds(graph: Any) -> None:
    service = BiRefNetService({"birefnet-general": graph(batch="N", side="S")})
    service.network("birefnet-general").device = "cuda:0"
    sizes = [service.batch_size({"size": size}) for size in (256, 1024, 2048)]
    assert sizes == [16, 2, 1]


def test_a_float16_graph_gets_float16_images(graph: Any, make_image: Any) -> None:
    half = network(graph(half=True))
    assert half.half
    assert half.prepare([make_image(20, 20)], 64).dtype == np.float16
    assert np.abs(half.alphas([make_image(64, 64)])[0] - expected(make_image(64, 64)) * 255).max() <= 3


def test_images_are_normalised_by_a_fixed_scale(make_image: Any) -> None:
    table = imagenet_format(64).lookup_table(np.dtype(np.float32))
    assert table.shape == (3, 256)
    values = np.arange(256)[None] / 255
    assert np.abs(table - (values - MEAN[:, None]) / DEVIATION[:, None]).max() < 1e-5


def test_only_the_mask_is_fetched_from_the_device_which_is_held_meanwhile(graph: Any, make_image: Any) -> None:
    session = WatchedSession(open_session(graph(outputs=4)))
    alphas = OnnxNetwork(session, imagenet_format(64)).alphas([make_image(64, 64)])
    assert np.abs(alphas[0] - expected(make_image(64, 64)) * 255).max() <= 1
    assert session.fetched == [1]
    assert session.held == [True]


class WatchedSession:
    """Records how many outputs were bound, and whether the device was held while it ran."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.fetched: list[int] = []
        self.held: list[bool] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def run_with_iobinding(self, binding: Any) -> None:
        self._session.run_with_iobinding(binding)
        self.held.append(DEVICE_LOCK.locked())
        self.fetched.append(len(binding.get_outputs()))


@pytest.mark.parametrize("values", [[-6.0, 0.5, 0.9], [0.2, 0.4, 3.0]])
def test_a_mask_with_values_outside_zero_to_one_holds_logits(values: Sequence[float]) -> None:
    mask = np.array(values, np.float32).reshape(1, 1, -1)
    assert np.abs(to_probabilities(mask) - 1 / (1 + np.exp(-mask))).max() < 1e-6
    assert np.array_equal(to_probabilities(np.clip(mask, 0, 1)), np.clip(mask, 0, 1))


def test_extreme_logits_are_zero_and_one() -> None:
    mask = np.array([[[-1e30, 1e30, 0.0]]], np.float32)
    assert to_probabilities(mask).round(6).tolist() == [[[0.0, 1.0, 0.5]]]


def test_the_size_is_chosen_where_the_graph_is_free_and_given_where_it_is_not(graph: Any, make_image: Any) -> None:
    fixed = BiRefNetService({"a": graph("a"), "b": graph("b", side="S")})
    image = make_image(256, 256)
    assert np.abs(fixed.infer([image], {"model": "b", "size": 256})[0] - expected(image, 256) * 255).max() <= 1
    assert fixed.check({"size": 64}) == "a"
    for params in ({"size": 128}, {"size": "64"}, {"size": True}, {"model": "b", "size": 100}, {"side": 64}):
        with pytest.raises(WireError) as caught:
            fixed.check(params)
        assert caught.value.code == "bad_params"
    with pytest.raises(WireError) as caught:
        fixed.infer([image], {"model": "c"})
    assert caught.value.code == "model_unavailable"


def test_the_service_describes_itself_and_keeps_each_session(graph: Any) -> None:
    service = BiRefNetService({"a": graph("a", batch="N"), "b": graph("b")})
    assert service.unavailable_reason() is None
    assert service.network("a") is service.network("a")
    assert service.batch_size({}) == 1
    assert service.describe() == {
        "device": "cpu",
        "batch": 1,
        "batch_axis_free": True,
        "half": False,
        "side": 64,
        "loaded": ["a"],
    }


def test_graphs_are_found_by_name_the_general_one_first(tmp_path: Path) -> None:
    for name in ("birefnet-portrait", "birefnet-general-fp16", "birefnet-general", "birefnet-general-lite", "u2net"):
        (tmp_path / f"{name}.onnx").touch()
    plain = ["birefnet-general", "birefnet-general-lite", "birefnet-general-fp16", "birefnet-portrait"]
    assert list(find_graphs(tmp_path, half=False)) == plain
    half = find_graphs(tmp_path, half=True)
    assert list(half) == ["birefnet-general", "birefnet-general-lite", "birefnet-portrait"]
    assert half["birefnet-general"].name == "birefnet-general-fp16.onnx"


def test_a_graph_of_the_weights_directory_is_loaded_at_start(graph: Any, tmp_path: Path) -> None:
    graph()
    service = birefnet_service.load(tmp_path)
    assert service.models == ("birefnet-general",)
    assert service.describe()["loaded"] == ["birefnet-general"]


def test_without_weights_the_service_is_unavailable_and_says_what_to_do(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "none"):
        service = birefnet_service.load(directory)
        assert isinstance(service, UnavailableService)
        assert f"put its graph into {directory} as birefnet-general.onnx;" in service.unavailable_reason()
        assert service.describe() == {}
        assert service.batch_size({}) == 1


def test_a_session_runs_where_it_can_with_the_threads_it_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert onnx_network.providers()[-1] == "CPUExecutionProvider"
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert onnx_network.threads() == onnx_network.session_options().intra_op_num_threads == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert 1 <= onnx_network.threads() <= min(8, os.cpu_count() or 1)
