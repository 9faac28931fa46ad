"""Small SAM 2 checkpoints with random weights, and generated graphs; nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave this folder to `make test-models`, which names the `pytest.ini` beside this file."""
    return None if config.inipath == HERE / "pytest.ini" else True


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Use one thread: for such small networks a second one waits more than it computes."""
    import torch  # `make test` has no torch and reads this file all the same

    torch.set_num_threads(1)


MakeImage = Callable[..., Image.Image]
MakeGraph = Callable[..., Path]


@pytest.fixture(scope="session")
def make_image() -> MakeImage:
    """Return a function that draws a smooth RGB image of a width and height; equal seeds give equal images."""

    def make(width: int, height: int, seed: int = 0) -> Image.Image:
        coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
        return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)

    return make


@pytest.fixture(scope="session")
def processor() -> dict[str, Any]:
    """Return the outputs of transformers' own `Sam2ImageProcessor` 5.23 (with torchvision 0.28) for these tests."""
    with np.load(HERE / "sam2_processor.npz") as stored:
        return dict(stored)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in the hub's layout with a small SAM 2.1 for video, as the published ones are."""
    from gpu_worker.bench import sam_random_weights

    folder = tmp_path_factory.mktemp("weights") / "sam2.1-hiera-tiny"
    return sam_random_weights.save(folder, sam_random_weights.small_config())


@pytest.fixture
def encoder_runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of images of SAM 2's encoder runs, a list that grows with each run."""
    from gpu_worker.services.sam_model import SamModel

    embed = SamModel.embed
    runs: list[int] = []

    def embed_counted(model: SamModel, pixels: Any) -> Any:
        runs.append(len(pixels))
        return embed(model, pixels)

    monkeypatch.setattr(SamModel, "embed", embed_counted)
    return runs


@pytest.fixture
def graph(tmp_path: Path) -> MakeGraph:
    """Return a function that writes a graph with BiRefNet's input and output names and returns its path."""
    from tests.gpu_worker.models.graphs import write_graph

    def write(name: str = "birefnet-general", **options: Any) -> Path:
        return write_graph(tmp_path / f"{name}.onnx", **options)

    return write
