"""What must be in the worker's environment, and what must not."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
import torch


@pytest.mark.parametrize("package", ["torchvision", "timm"])
def test_torchvision_is_not_there_since_beside_a_cpu_torch_it_breaks_the_models(package: str) -> None:
    assert find_spec(package) is None


def test_torch_is_the_release_that_the_requirements_promise() -> None:
    assert torch.__version__.split("+")[0] == "2.13.0"


def test_the_models_import_without_torchvision() -> None:
    from transformers import Sam2Model, Sam2VideoModel

    assert Sam2Model.__name__ != Sam2VideoModel.__name__
