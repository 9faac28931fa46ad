"""Who may ask the local endpoint."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.gpu_worker.endpoint_process import LocalEndpoint, start_endpoint

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def bound_endpoint() -> Iterator[LocalEndpoint]:
    """Return an endpoint that knows the application's address."""
    endpoint = start_endpoint(0, arguments=("--webhook-base", "http://app.example"))
    yield endpoint
    endpoint.stop()


ROUTES = [
    ("GET", "/v2/local/health"),
    ("POST", "/v2/local/run"),
    ("GET", "/_emulator/billing"),
    ("POST", "/_emulator/reset"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_needs_the_key(workerless_endpoint: LocalEndpoint, method: str, path: str) -> None:
    url = workerless_endpoint.client.base_url.join(path)
    for headers in ({}, {"Authorization": "Bearer sesam"}):
        assert httpx.request(method, url, headers=headers, trust_env=False).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://example.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "example.com"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": "localhost:80"}, 200),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_a_page_of_another_site_can_change_nothing(
    workerless_endpoint: LocalEndpoint, headers: dict[str, str], status: int
) -> None:
    before = workerless_endpoint.health()["jobs"]["inQueue"]
    response = workerless_endpoint.client.post("run", content=b'{"input": {"task": "info"}}', headers=headers)
    assert response.status_code == status
    assert workerless_endpoint.health()["jobs"]["inQueue"] == before + (status == 200)


def test_without_a_key_in_the_environment_one_is_made_for_each_run() -> None:
    endpoints = [start_endpoint(0), start_endpoint(0)]
    keys = {endpoint.client.headers["Authorization"] for endpoint in endpoints}
    answers = [httpx.get(endpoint.client.base_url.join("health"), trust_env=False) for endpoint in endpoints]
    for endpoint in endpoints:
        endpoint.stop()
    assert len(keys) == 2
    assert [answer.status_code for answer in answers] == [401, 401]


def test_a_webhook_of_another_machine_is_refused(workerless_endpoint: LocalEndpoint) -> None:
    body = {"input": {}, "webhook": "http://example.com/hooks/gpu/x/"}
    response = workerless_endpoint.client.post("run", json=body)
    assert (response.status_code, "webhook" in response.text) == (400, True)


@pytest.mark.parametrize(
    ("webhook", "status"),
    [
        ("http://app.example/webhooks/1", 200),
        ("http://app.example:81/webhooks/1", 400),
        ("http://app.example.elsewhere.example/", 400),
        ("http://app.example@192.0.2.1/", 400),
        ("http://127.0.0.1:6379/", 400),
        ("http://[", 400),
    ],
)
def test_webhooks_go_to_the_application_alone(bound_endpoint: LocalEndpoint, webhook: str, status: int) -> None:
    body = {"input": {}, "webhook": webhook}
    assert bound_endpoint.client.post("run", json=body).status_code == status
