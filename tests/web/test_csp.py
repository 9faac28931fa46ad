from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client

from animations.web.middleware.csp import CSP_HEADER, POLICY, ContentSecurityPolicyMiddleware


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/accounts/signup/", "/nowhere/", "/healthz"])
def test_a_page_may_load_from_us_and_nothing_else(address: str, client: Client) -> None:
    policy = client.get(address)[CSP_HEADER]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_an_answer_with_a_policy_of_its_own_keeps_it() -> None:
    def strict(_: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={CSP_HEADER: "default-src 'none'; sandbox"})

    assert ContentSecurityPolicyMiddleware(strict)(HttpRequest())[CSP_HEADER] == "default-src 'none'; sandbox"
    assert ContentSecurityPolicyMiddleware(lambda _: HttpResponse())(HttpRequest())[CSP_HEADER] == POLICY


def test_no_template_of_ours_has_a_script_or_a_style_that_the_policy_forbids() -> None:
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        text = template.read_text()
        assert "<style" not in text, template
        assert " style=" not in text, template
        assert " onclick=" not in text, template
        assert text.count("<script") == text.count("<script src=") + text.count('<script type="module" src='), (
            template
        )
