"""Test every screen with axe, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import SCHEMES
from tests.screens.screens import SCREENS, Cast, Screen

pytestmark = [pytest.mark.stack, pytest.mark.browser]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def page(browser: Browser, cast: Cast, screen: Screen) -> Iterator[Page]:
    context = cast.context(browser, screen.who, reduced_motion="reduce")
    page = context.new_page()
    cast.open(page, screen)
    yield page
    context.close()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_axe_finds_nothing(page: Page, screen: Screen) -> None:
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        results = Axe().run(page, options=RULES)
        found[scheme] = results.generate_report() if results.violations_count else None
        assert len(results.response["passes"]) > 8, "axe looked at an empty page"
    assert found == dict.fromkeys(SCHEMES), "\n".join(filter(None, found.values()))


def test_axe_sees_a_button_without_a_name(script_page: Page) -> None:
    script_page.set_content("<html lang=en><title>A page</title><main><h1>A page</h1><button></button></main></html>")
    assert [one["id"] for one in Axe().run(script_page, options=RULES).response["violations"]] == ["button-name"]
