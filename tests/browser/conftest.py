"""Drive a Chromium with Playwright, on the whole product or on single scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from emojiforge.launch.chromium import executable
from tests.screens.screens import Cast
from tests.stack.product import ROOT, Person, Product

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, Scheme]] = ("light", "dark")
PHONE: Final = {"width": 390, "height": 844}
READY_MS = 90_000
"""A project's frames, with the first matte, on a busy machine without a GPU."""
SignIn = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start a Chromium for these tests alone.

    While it runs, so does an event loop in this thread, and Django then refuses to use its database.
    """
    with sync_playwright() as playwright:
        expect.set_options(timeout=20_000)
        chromium = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def script_page(browser: Browser) -> Iterator[Page]:
    """Open an empty page that can import the scripts below `static/`, without a product behind it."""

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/":
            route.fulfill(content_type="text/html", body='<!doctype html><html lang="en">')
        else:
            route.fulfill(content_type="text/javascript", body=(ROOT / "static" / path[1:]).read_text())

    page = browser.new_page()
    page.route("http://scripts.test/**", serve)
    page.goto("http://scripts.test/")
    yield page
    page.close()


@pytest.fixture
def sign_in(browser: Browser, product: Product) -> Iterator[SignIn]:
    """Open pages as a signed-in person; an error in a page's console fails the test."""
    problems: list[str] = []
    contexts = []

    def open_page(person: Person, **options: Any) -> Page:
        context = browser.new_context(base_url=product.base, **options)
        contexts.append(context)
        context.add_cookies([{"name": "sessionid", "value": person.token, "url": product.base}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture(scope="package")
def cast(product: Product) -> Cast:
    """Return people who have what every screen shows."""
    return Cast(product)


def expect_ready(page: Page, frames: int) -> None:
    """Wait until the studio shows the project, and each of its frames, as ready."""
    expect(page.get_by_test_id("status")).to_have_attribute("data-status", "ready", timeout=READY_MS)
    expect(page.get_by_test_id("strip").get_by_role("option")).to_have_count(frames)
    expect(page.get_by_test_id("strip").locator("[data-status=ready]")).to_have_count(frames)


def wait_for_frame(page: Page) -> None:
    """Wait until the page is drawn as it is now: what scripts place by the layout stands where it will by then."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def project_url(page: Page) -> str:
    """Return the path in the API of the project that the studio shows."""
    return f"projects/{page.url.rstrip('/').rsplit('/', 1)[-1]}/"


STICKING_OUT: Final = """() => [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > window.innerWidth)
    .map((element) => `${element.localName}.${element.className} ${element.textContent.trim().slice(0, 30)}`)"""


def assert_fits(page: Page, *widths: int) -> None:
    """Assert that the page is not wider than screens of these widths (px), in light and dark."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{wide} px wider than {width} px, in {scheme}: {page.evaluate(STICKING_OUT)}"
