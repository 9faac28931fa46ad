"""Debian's Chromium, driven by Playwright, on the whole product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.stack.product import Person, Product

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each file: while it lives an event loop runs here, and Django then refuses its database."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=20_000)
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
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
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto("/accounts/login/")
        page.locator("input[type=email]").fill(person.email)
        page.locator("input[type=password]").fill(person.password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{product.base}/")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert problems == []
