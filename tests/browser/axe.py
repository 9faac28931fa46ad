"""Have axe look at a page."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
RULES_OF_COLOUR: Final = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""All that can differ in the dark."""


COLOURS_STAND = """new Promise(requestAnimationFrame)
    .then(() => document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))
    .then((transitions) => Promise.allSettled(transitions)).then(() => true)"""
"""Wait for the transitions that a change of theme starts: halfway, no colour is one that people read."""


def assert_accessible(page: Page) -> None:
    """Assert that axe finds nothing, in light and dark."""
    page.emulate_media(color_scheme="light")
    passes = _assert_clean(page, RULES)
    assert len(passes) > 8, "axe looked at an empty page"
    page.emulate_media(color_scheme="dark")
    passes = _assert_clean(page, RULES_OF_COLOUR)
    assert passes, "axe saw no text in the dark"


def _assert_clean(page: Page, rules: dict[str, Any]) -> list[Any]:
    """Return the rules that are kept; one that is broken fails the test, with axe's report."""
    page.evaluate(COLOURS_STAND)
    results = Axe().run(page, options=rules)
    assert not results.violations_count, results.generate_report()
    return list(results.response["passes"])
