"""The debug API beside RunPod's."""

from __future__ import annotations

import pytest

from tests.gpu_worker.endpoint_process import LocalEndpoint, start_endpoint

pytestmark = pytest.mark.stack


def test_the_debug_api_rejects_a_body_that_it_cannot_use(workerless_endpoint: LocalEndpoint) -> None:
    url = workerless_endpoint.client.base_url.join("/_emulator/throttle")
    assert workerless_endpoint.client.post(url, json={}).status_code == 400


def test_the_debug_api_is_mounted_on_loopback_alone() -> None:
    endpoint = start_endpoint(0, arguments=("--host", "0.0.0.0"))
    url = endpoint.client.base_url.join("/_emulator/billing")
    answers = endpoint.client.get(url).status_code, endpoint.client.get("health").status_code
    endpoint.stop()
    assert answers == (404, 200)
    assert endpoint.process.returncode == 0


def test_an_invalid_scenario_is_400_and_says_why(fake_endpoint: LocalEndpoint) -> None:
    url = fake_endpoint.client.base_url.join("/_emulator/scenario")
    response = fake_endpoint.client.post(url, json={"faults": [{"fault": "rain"}]})
    assert response.status_code == 400
    assert "rain" in response.json()["error"]
