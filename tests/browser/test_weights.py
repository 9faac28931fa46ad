"""Test what a page weighs when it is opened for the first time."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import Browser, Request, ViewportSize

from tests.browser.conftest import PHONE
from tests.screens.screens import SCREENS, Cast

pytestmark = [pytest.mark.stack, pytest.mark.browser]
KILOBYTE = 1000
MOST_REQUESTS = 60
DESKTOP = {"width": 1440, "height": 900}


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_cold_studio_is_small(browser: Browser, cast: Cast, viewport: ViewportSize) -> None:
    context = cast.context(browser, "maker", viewport=viewport)
    page = context.new_page()
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))
    cast.open(page, next(screen for screen in SCREENS if screen.name == "studio"))
    weights: Counter[str] = Counter()
    for request in requests:
        weights[request.resource_type] += request.sizes()["responseBodySize"]
    context.close()
    assert len(requests) <= MOST_REQUESTS, sorted(request.url for request in requests)
    assert 0 < weights["script"] <= 90 * KILOBYTE, weights
    assert 0 < weights["stylesheet"] <= 22 * KILOBYTE, weights
    assert weights["image"] > 0 and weights.total() <= 1000 * KILOBYTE, weights
