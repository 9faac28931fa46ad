from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gpu_worker.running import LocalEndpoint, start_endpoint
from tests.stack.product import PHOTO, Person, Product, running, until

KEY = "rpa_a-key-that-nobody-may-ever-see"
NAME = "bench"


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("product")) as started:
        yield started


@pytest.fixture(scope="session")
def sleeper() -> Iterator[LocalEndpoint]:
    """Two warm workers of the real SDK, 0.3 s for a call and 30 ms for each frame, whose faults can be set."""
    cost = {"SLEEPER_FRAME_MS": "30", "SLEEPER_CALL_MS": "300", "PYTHONUNBUFFERED": "1"}
    options = {"endpoint-id": NAME, "handler": "gpu_worker.emulator.sleeper", "stop-grace": "2", "longest-rest": "1"}
    endpoint = start_endpoint(2, cost, KEY, [f"--{name}={value}" for name, value in options.items()])
    try:
        until(lambda: endpoint.health()["workers"]["ready"] == 2, 60, "two workers")
        yield endpoint
    finally:
        endpoint.stop()


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory, sleeper: LocalEndpoint) -> Iterator[Product]:
    """A product whose GPU is the endpoint of `sleeper`, reached by a key as in production."""
    with running(tmp_path_factory.mktemp("faulty"), **gpu_settings(sleeper)) as started:
        yield started


def gpu_settings(endpoint: LocalEndpoint) -> dict[str, str]:
    """What a product needs to know to use it."""
    url = str(endpoint.client.base_url).removesuffix(f"/{NAME}/")
    return {"RUNPOD_BASE_URL": url, "RUNPOD_ENDPOINT_ID": NAME, "RUNPOD_API_KEY": KEY, "GPU_MAX_WORKERS": "2"}


@pytest.fixture
def person(product: Product) -> Person:
    return product.person()


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A sample picture with a background, as a person would try it."""
    pictures = sorted(path for path in Path(PHOTO).iterdir() if path.suffix == ".jpg")
    return pictures[0].read_bytes()
