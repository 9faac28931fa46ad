"""The services without a runtime or weights. With them: tests/gpu_worker/models."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gpu.contract import MAX_IMAGES, WireError
from gpu_worker.handler import LOADERS, load_services
from gpu_worker.services import onnx_network
from gpu_worker.services.rembg_service import RembgService
from gpu_worker.services.sam_clip_service import SamClipService
from gpu_worker.services.unavailable import UnavailableService


@pytest.fixture
def missing_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Set a weights directory that does not exist."""
    monkeypatch.delenv("SAM_WEIGHTS", raising=False)
    monkeypatch.setenv("U2NET_HOME", str(tmp_path / "weights"))
    return tmp_path / "weights"


def test_a_service_without_a_model_refuses_with_its_reason() -> None:
    service = UnavailableService("no weights", ("isnet",))
    assert (service.unavailable_reason(), service.models) == ("no weights", ("isnet",))
    assert (service.batch_size({}), service.describe()) == (1, {})
    with pytest.raises(WireError, match="no weights") as checked:
        service.check({})
    with pytest.raises(WireError, match="no weights") as inferred:
        service.infer([Image.new("RGB", (2, 2))], {})
    assert checked.value.code == inferred.value.code == "model_unavailable"


def test_a_worker_without_weights_starts_and_says_for_each_task_what_to_do(missing_directory: Path) -> None:
    services = load_services()
    assert set(services) == set(LOADERS)
    reasons = {task: service.unavailable_reason() for task, service in services.items()}
    assert "python -m gpu_worker.weights" in str(reasons["rembg"])
    assert "isnet-general-use.onnx" in str(reasons["rembg"])
    assert str(missing_directory) in str(reasons["birefnet"])
    for task in ("sam", "sam_clip"):
        assert str(reasons[task]).startswith(("SAM 2 needs torch", "No weights for SAM 2"))
    assert services["rembg"].models == ("isnet-general-use",)


@pytest.fixture
def rembg() -> RembgService:
    """Return the service with a file that is never opened: checking parameters needs none."""
    return RembgService({"isnet-general-use": Path("isnet.onnx")})


def test_isnet_is_the_model_by_name_and_by_default(rembg: RembgService) -> None:
    assert rembg.check({}) == "isnet-general-use"
    assert rembg.check({"model": None}) == "isnet-general-use"
    assert rembg.check({"model": "isnet-general-use"}) == "isnet-general-use"


@pytest.mark.parametrize(
    ("params", "code"),
    [({"model": 7}, "bad_params"), ({"size": 512}, "bad_params"), ({"model": "u2net"}, "model_unavailable")],
)
def test_other_parameters_are_refused(rembg: RembgService, params: dict[str, Any], code: str) -> None:
    with pytest.raises(WireError) as caught:
        rembg.infer([], params)
    assert caught.value.code == code


def test_a_clip_is_asked_for_whole() -> None:
    service = SamClipService(["sam2.1-hiera-tiny"], "cpu", lambda name: None)
    params = {"prompts": [{"frame": 0, "points": [[1, 1, 1]]}]}
    assert service.check(params) == "sam2.1-hiera-tiny"
    assert service.batch_size(params) == MAX_IMAGES


def test_threads_follow_the_environment_then_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert onnx_network.threads() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert 1 <= onnx_network.threads() <= min(8, os.cpu_count() or 1)
