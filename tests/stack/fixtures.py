from __future__ import annotations

import io
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.gpu_worker.endpoint_process import LocalEndpoint, start_endpoint
from tests.polling import until
from tests.stack.prepared import prepared
from tests.stack.product import PHOTO, Person, Product, running_product

KEY = "rpa_a-key-that-nobody-may-ever-see"
NAME = "bench"
NewFolder = Callable[[str], Path]


@pytest.fixture(scope="session")
def data_dir(surroundings: str, tmp_path_factory: pytest.TempPathFactory) -> NewFolder:
    """Make data directories on which a product starts as it does the second time."""
    base = tmp_path_factory.getbasetemp()
    made = prepared(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
    return lambda name: shutil.copytree(made, base / name)


@pytest.fixture(scope="session")
def product(data_dir: NewFolder) -> Iterator[Product]:
    with running_product(data_dir("product")) as started:
        yield started


@pytest.fixture(scope="session")
def fake_gpu() -> Iterator[LocalEndpoint]:
    """Start two warm workers of the real SDK, 0.3 s for a call and 30 ms for each frame, whose faults can be set."""
    cost = {"FAKE_WORKER_FRAME_MS": "30", "FAKE_WORKER_CALL_MS": "300", "PYTHONUNBUFFERED": "1"}
    options = {
        "endpoint-id": NAME,
        "handler": "gpu_worker.emulator.fake_worker",
        "stop-grace": "2",
        "longest-rest": "3",
    }
    endpoint = start_endpoint(2, cost, KEY, [f"--{name}={value}" for name, value in options.items()])
    try:
        until(lambda: endpoint.health()["workers"]["ready"] == 2, 60, "two workers")
        yield endpoint
    finally:
        endpoint.stop()


@pytest.fixture(scope="session")
def faulty(data_dir: NewFolder, fake_gpu: LocalEndpoint) -> Iterator[Product]:
    """Start a product whose GPU is the endpoint of `fake_gpu`, reached by a key as in production."""
    with running_product(data_dir("faulty"), **gpu_settings(fake_gpu)) as started:
        yield started


def gpu_settings(endpoint: LocalEndpoint) -> dict[str, str]:
    """Return the settings with which a product uses it."""
    url = str(endpoint.client.base_url).removesuffix(f"/{NAME}/")
    address = {"RUNPOD_BASE_URL": url, "RUNPOD_ENDPOINT_ID": NAME, "RUNPOD_API_KEY": KEY}
    return address | {"GPU_MAX_WORKERS": "2", "GPU_PATIENCE_SECONDS": "0"}


@pytest.fixture
def person(product: Product) -> Person:
    return product.person()


@pytest.fixture(scope="session")
def photo() -> bytes:
    """Return a sample picture with a background, as a person would try it."""
    pictures = sorted(path for path in Path(PHOTO).iterdir() if path.suffix == ".jpg")
    return pictures[0].read_bytes()


def bright(nth: int = 0) -> bytes:
    """Draw a picture like no other `nth`, so that each piece of work is known by what was sent.

    It is full of subject for the endpoint of `fake_gpu`, whose alphas are as grey as their pictures.
    """
    kept = io.BytesIO()
    shades = Image.linear_gradient("L").point([160 + 10 * nth + value // 8 for value in range(256)])
    shades.convert("RGB").save(kept, "PNG")
    return kept.getvalue()


def executions(endpoint: LocalEndpoint) -> Counter[str]:
    """Count the executions of each piece of work, by the endpoint's own count: `info` is not work."""
    return Counter(one["sha256"] for one in _executions(endpoint))


def executed(endpoint: LocalEndpoint) -> list[str]:
    """Return the ids of the jobs that it has run; an id that was run twice is there twice."""
    return [one["job"] for one in _executions(endpoint)]


def _executions(endpoint: LocalEndpoint) -> list[dict[str, Any]]:
    told = endpoint.client.get(endpoint.client.base_url.join("/_emulator/billing")).json()
    return [one for one in told["executions"] if one["frames"]]
