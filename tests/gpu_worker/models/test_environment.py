"""The packages of the worker's environment, and those that must not be there."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
import torch


@pytest.mark.parametrize("package", ["torchvision", "timm"])
def test_packages_that_break_the_models_beside_a_cpu_torch_are_absent(package: str) -> None:
    assert find_spec(package) is None


def test_torch_is_the_release_that_the_requirements_promise() -> None:
    assert torch.__version__.split("+")[0] == "2.13.0"


def test_the_models_import_without_torchvision() -> None:
    from transformers import Sam2Model, Sam2VideoModel

    assert Sam2Model.__name__ != Sam2VideoModel.__name__
