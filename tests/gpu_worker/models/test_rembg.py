"""rembg's sessions, on generated graphs under the names of its models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gpu.contract import WireError
from gpu_worker.services import rembg_service
from gpu_worker.services.rembg_service import RembgService
from gpu_worker.services.unavailable import UnavailableService
from tests.gpu_worker.models.test_birefnet import expected


@pytest.fixture
def service(graph: Any) -> RembgService:
    files = {"isnet-general-use": graph("isnet"), "u2net": graph("u2net", side=320, sigmoid=True)}
    return RembgService(files)


def test_images_are_prepared_in_the_input_format_of_the_model(service: RembgService, make_image: Any) -> None:
    image = make_image(320, 320)
    (alpha,) = service.infer([image], {"model": "u2net"})
    assert np.abs(alpha - expected(image, 320) * 255).max() <= 1
    isnet = service.network("isnet-general-use").prepare([Image.new("RGB", (5, 5), (0, 128, 255))], 64)
    assert np.allclose(isnet[0, :, 0, 0], [-0.5, 0.0, 127 / 256])


def test_an_empty_frame_stays_empty(service: RembgService) -> None:
    (alpha,) = service.infer([Image.new("RGB", (50, 40))], {"model": "u2net"})
    assert alpha.shape == (40, 50)
    assert alpha.max() <= 1


def test_each_model_has_one_session_that_is_rembgs_own_and_kept(service: RembgService) -> None:
    assert service.network("u2net") is service.network("u2net")
    assert service.describe()["loaded"] == ["isnet-general-use", "u2net"]
    assert service.describe()["device"] == "cpu"
    assert service.describe()["batch_axis_free"] is False
    assert service.batch_size({}) == 1
    assert service.unavailable_reason() is None


def test_the_first_model_is_the_default_and_unknown_ones_are_refused(service: RembgService) -> None:
    assert service.check({}) == service.check({"model": None}) == "isnet-general-use"
    assert service.check({"model": "u2net"}) == "u2net"
    for params, code in (({"model": "isnet-anime"}, "model_unavailable"), ({"size": 5}, "bad_params")):
        with pytest.raises(WireError) as caught:
            service.infer([], params)
        assert caught.value.code == code


def test_a_model_is_offered_when_its_file_is_there(tmp_path: Path, graph: Any, make_image: Any) -> None:
    assert isinstance(rembg_service.load(tmp_path), UnavailableService)
    graph("silueta", side=320)
    graph("sam")
    (tmp_path / "isnet-general-use.onnx").write_bytes(b"not the one we know")
    assert rembg_service.find_models(tmp_path) == {"silueta": tmp_path / "silueta.onnx"}
    service = rembg_service.load(tmp_path)
    assert service.models == ("silueta",)
    assert service.infer([make_image(30, 20)], {})[0].shape == (20, 30)
