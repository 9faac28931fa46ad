"""A Chromium, driven by Playwright, on the whole product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from emojiforge.launch.browser import executable
from tests.stack.product import Person, Product

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
SCHEMES: Final[tuple[Literal["light"], Literal["dark"]]] = ("light", "dark")
PHONE: Final = {"width": 390, "height": 844}
SignIn = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """For these tests and no longer: while it lives an event loop runs here, and Django then refuses its database."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=20_000)
        chromium = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def sign_in(browser: Browser, product: Product) -> Iterator[SignIn]:
    """A page of somebody who is signed in; what goes wrong in its console fails the test."""
    problems: list[str] = []
    contexts = []

    def enter(person: Person, **options: Any) -> Page:
        context = browser.new_context(base_url=product.base, **options)
        contexts.append(context)
        context.add_cookies([{"name": "sessionid", "value": person.token, "url": product.base}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield enter
    for context in contexts:
        context.close()
    assert problems == []


def assert_fits(page: Page, *widths: int) -> None:
    """In light and dark, nothing on the page makes it wider than a screen of these widths in px."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{wide} px wider than {width} px, in {scheme}"
