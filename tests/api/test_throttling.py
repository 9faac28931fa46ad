from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from animations.api.throttling import PerMinuteThrottle, rate_limit, scope_of
from animations.models import Project
from tests.conftest import ClientOf, MakePerson

SetRates = Callable[..., None]


@pytest.fixture
def set_rates(settings: Settings) -> SetRates:
    """Return a function that sets how many requests a minute are allowed, by scope."""

    def change(**rates: int) -> None:
        words = {scope: f"{rate}/min" for scope, rate in rates.items()}
        old = settings.REST_FRAMEWORK
        settings.REST_FRAMEWORK = old | {"DEFAULT_THROTTLE_RATES": old["DEFAULT_THROTTLE_RATES"] | words}

    return change


def statuses(client: APIClient, count: int) -> list[int]:
    return [client.get("/api/v1/usage/").status_code for _ in range(count)]


def test_too_many_requests_are_429_with_retry_after(api: APIClient, set_rates: SetRates) -> None:
    set_rates(read=3)
    # Six in a row: even when a new minute begins among them, the last of some minute is one too many.
    answers = [api.get("/api/v1/usage/") for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
    assert refused
    assert refused[0].json()["errors"][0]["code"] == "throttled"
    assert 1 <= int(refused[0]["Retry-After"]) <= 60


def test_one_persons_haste_slows_nobody_else(
    api: APIClient, set_rates: SetRates, new_person: MakePerson, client_of: ClientOf
) -> None:
    set_rates(read=2)
    assert 429 in statuses(api, 6)
    assert statuses(client_of(new_person("another")), 2) == [200, 200]


def test_spending_has_a_rate_of_its_own(api: APIClient, project: Project, set_rates: SetRates) -> None:
    set_rates(spend=1, write=100)
    generate = f"/api/v1/projects/{project.pk}/generate/"
    assert 429 in [api.post(generate).status_code for _ in range(4)]
    assert [api.post("/api/v1/tickets/").status_code for _ in range(4)] == [201] * 4
    assert statuses(api, 4) == [200] * 4


def test_without_a_cache_nobody_is_turned_away(api: APIClient, set_rates: SetRates, settings: Settings) -> None:
    set_rates(read=1)
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert statuses(api, 4) == [200] * 4


def test_rates_are_whole_numbers_a_minute(set_rates: SetRates) -> None:
    set_rates(read=7, spend=2)
    assert (rate_limit("read"), rate_limit("spend")) == (7, 2)


def test_only_a_post_spends() -> None:
    class View:
        spends = True

    def request(method: str) -> Request:
        return Request(APIRequestFactory().generic(method, "/"))

    scopes = [scope_of(request(method), View()) for method in ("GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE")]
    assert scopes == ["read", "read", "read", "spend", "write", "write"]
    assert scope_of(request("POST"), object()) == "write"


def test_the_wait_is_at_least_a_second() -> None:
    assert PerMinuteThrottle().wait() == 1.0
