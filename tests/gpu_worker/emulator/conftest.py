from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gpu_worker.emulator.harness import ENVIRONMENT, SLEEPER, instrument, ready
from tests.gpu_worker.endpoint_process import LocalEndpoint, start_endpoint
from tests.polling import until


@pytest.fixture(scope="session")
def sleepers() -> Iterator[LocalEndpoint]:
    endpoint = start_endpoint(2, ENVIRONMENT, arguments=(*SLEEPER, "--stop-grace", "3", "--webhook-pause", "0.3"))
    yield endpoint
    endpoint.stop()


@pytest.fixture
def sleepy(sleepers: LocalEndpoint) -> LocalEndpoint:
    """An endpoint with two sleeping workers that are always there, without faults, jobs or past."""
    instrument(sleepers, "POST", "reset")
    ready(sleepers, 2)
    return sleepers


@pytest.fixture(scope="session")
def flexers() -> Iterator[LocalEndpoint]:
    arguments = ("--max-workers", "2", "--scaler", "request_count:1", "--cold-start", "1", "--idle-timeout", "0.5")
    endpoint = start_endpoint(env=ENVIRONMENT, arguments=(*SLEEPER, *arguments, "--price", "0.01"))
    yield endpoint
    endpoint.stop()


@pytest.fixture
def elastic(flexers: LocalEndpoint) -> LocalEndpoint:
    """An endpoint at rest: none of its workers is there, two may come, each cold for a second."""
    instrument(flexers, "POST", "throttle", {"slots": 0})
    instrument(flexers, "POST", "reset")
    instrument(flexers, "POST", "cool")
    until(lambda: not any(flexers.health()["workers"].values()))
    instrument(flexers, "POST", "reset")
    return flexers
