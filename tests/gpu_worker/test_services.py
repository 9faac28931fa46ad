from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gpu.contract import WireError
from gpu_worker.services import birefnet_service, rembg_service, sam_service
from gpu_worker.services.absent import AbsentService
from gpu_worker.services.rembg_service import RembgService


@pytest.mark.parametrize("load", [sam_service.load, birefnet_service.load])
def test_a_service_without_a_model_refuses_with_its_reason(load: Callable[[], AbsentService]) -> None:
    service = load()
    assert "next release" in service.unavailable()
    with pytest.raises(WireError, match="next release") as checked:
        service.check({})
    with pytest.raises(WireError, match="next release") as inferred:
        service.infer([Image.new("RGB", (2, 2))], {})
    assert checked.value.code == inferred.value.code == "model_unavailable"


@pytest.fixture
def rembg(monkeypatch: pytest.MonkeyPatch) -> RembgService:
    """The service without a session: what it asks of parameters needs none."""
    monkeypatch.setattr(rembg_service, "_load_session", lambda path: path)
    return RembgService(Path("weights.onnx"))


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


def test_threads_follow_the_environment_then_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert rembg_service.threads() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert 1 <= rembg_service.threads() <= min(8, os.cpu_count() or 1)
