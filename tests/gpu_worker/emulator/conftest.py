from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gpu_worker.emulator.harness import ENVIRONMENT, FAKE_WORKER, call_debug_api, wait_for_idle_workers
from tests.gpu_worker.endpoint_process import LocalEndpoint, start_endpoint
from tests.polling import until


@pytest.fixture(scope="session")
def shared_fake_endpoint() -> Iterator[LocalEndpoint]:
    endpoint = start_endpoint(2, ENVIRONMENT, arguments=(*FAKE_WORKER, "--stop-grace", "3", "--webhook-pause", "0.3"))
    yield endpoint
    endpoint.stop()


@pytest.fixture
def fake_endpoint(shared_fake_endpoint: LocalEndpoint) -> LocalEndpoint:
    """Return an endpoint with two fake workers that are always there, without faults, jobs or past."""
    call_debug_api(shared_fake_endpoint, "POST", "reset")
    wait_for_idle_workers(shared_fake_endpoint, 2)
    return shared_fake_endpoint


@pytest.fixture(scope="session")
def shared_scaling_endpoint() -> Iterator[LocalEndpoint]:
    arguments = ("--max-workers", "2", "--scaler", "request_count:1", "--cold-start", "1", "--idle-timeout", "0.5")
    endpoint = start_endpoint(env=ENVIRONMENT, arguments=(*FAKE_WORKER, *arguments, "--price", "0.01"))
    yield endpoint
    endpoint.stop()


@pytest.fixture
def scaling_endpoint(shared_scaling_endpoint: LocalEndpoint) -> LocalEndpoint:
    """Return an endpoint without workers; two may come, each cold for a second."""
    call_debug_api(shared_scaling_endpoint, "POST", "throttle", {"slots": 0})
    call_debug_api(shared_scaling_endpoint, "POST", "reset")
    call_debug_api(shared_scaling_endpoint, "POST", "cool")
    until(lambda: not any(shared_scaling_endpoint.health()["workers"].values()))
    call_debug_api(shared_scaling_endpoint, "POST", "reset")
    return shared_scaling_endpoint
