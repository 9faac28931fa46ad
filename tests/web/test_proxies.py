"""Behind proxies people are told apart; without any, nobody can say who they are."""

from __future__ import annotations

import time
from typing import Any

import pytest
import redis
from allauth.account.adapter import get_adapter
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from rest_framework.request import Request

from animations.api.throttling import PerMinuteThrottle
from animations.web.middleware.proxies import TrustedProxyMiddleware

PROXY = "10.0.0.1"
LOGIN = "/_allauth/app/v1/auth/login"


def seen(forwarded: str | None) -> HttpRequest:
    """Return a request of the proxy as the views see it."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory(REMOTE_ADDR=PROXY).get("/", headers=headers)
    TrustedProxyMiddleware(lambda _request: HttpResponse())(request)
    return request


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "192.0.2.1", PROXY),
        (1, None, PROXY),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        (2, "203.0.113.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "::ffff:192.0.2.1", "192.0.2.1"),
        (1, "unknown", PROXY),
    ],
)
def test_every_limit_counts_the_address_that_our_proxies_saw(
    proxies: int, forwarded: str | None, address: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = seen(forwarded)
    assert request.META["REMOTE_ADDR"] == address
    assert get_adapter().get_client_ip(request) == address
    assert PerMinuteThrottle().get_ident(Request(request)) == address


def test_who_comes_by_ipv4_is_counted_so_where_the_server_listens_on_ipv6() -> None:
    request = RequestFactory(REMOTE_ADDR="::ffff:192.0.2.1").get("/")
    TrustedProxyMiddleware(lambda _request: HttpResponse())(request)
    assert get_adapter().get_client_ip(request) == "192.0.2.1"


def test_the_wrong_passwords_of_one_shut_out_nobody_else(owner: User, settings: Any, valkey: redis.Redis) -> None:
    settings.TRUSTED_PROXIES = 1
    owner.set_password("a long enough secret")
    owner.save()

    def log_in(address: str, email: str, password: str) -> int:
        client = Client(REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": address})
        body = {"email": email, "password": password}
        return client.post(LOGIN, body, content_type="application/json").status_code

    tries = [log_in("192.0.2.1", f"nobody-{nth}@example.com", "wrong") for nth in range(31)]
    assert tries[-1] == 429
    assert log_in("192.0.2.2", owner.email, "a long enough secret") == 200


def test_who_is_refused_for_haste_reads_when_to_try_again(db: None, settings: Any, valkey: redis.Redis) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip", "login": "1/m/ip", "reset_password": "1/m/ip"}
    body = {"email": "a@example.com", "login": "a@example.com", "password": "wrong", "password1": "wrong"}
    for address in (LOGIN, reverse("account_login"), reverse("account_reset_password")):
        kind = {"content_type": "application/json"} if address == LOGIN else {}
        answers = [Client().post(address, body, **kind) for _ in range(3)]  # type: ignore[arg-type]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused, address
        assert all(50 <= int(answer["Retry-After"]) <= 60 for answer in refused)


def test_who_is_refused_for_haste_waits_until_their_first_request_is_a_minute_ago(
    db: None, settings: Any, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip", "reset_password": "2/m/ip"}
    now = time.time()
    for seconds in (0, 20, 45):
        monkeypatch.setattr(time, "time", lambda later=now + seconds: later)
        answer = Client().post(reverse("account_reset_password"), {"email": "a@example.com"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "15")


@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_the_scheme_is_believed_of_a_trusted_proxy_alone(proxies: int, believed: bool, settings: Any) -> None:
    header = ("HTTP_X_FORWARDED_PROTO", "https") if proxies else None
    settings.SECURE_PROXY_SSL_HEADER = header
    assert RequestFactory().get("/", headers={"X-Forwarded-Proto": "https"}).is_secure() is believed
