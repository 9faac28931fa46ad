from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gpu_worker.endpoint_process import LocalEndpoint, require_weights, start_endpoint


@pytest.fixture(scope="session")
def endpoint() -> Iterator[LocalEndpoint]:
    """Start one endpoint with one real worker and real weights, for all tests that leave it unchanged."""
    require_weights()
    endpoint = start_endpoint()
    endpoint.wait_until_ready()
    yield endpoint
    endpoint.stop()


@pytest.fixture(scope="session")
def workerless_endpoint() -> Iterator[LocalEndpoint]:
    """Start an endpoint without workers: jobs stay in its queue. It asks for the key `sesame`."""
    endpoint = start_endpoint(workers=0, key="sesame")
    yield endpoint
    endpoint.stop()
