"""Test what is done before a script, a sample or an answer has come: nothing is lost, and the last choice counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import SignIn
from tests.browser.held import HeldRequests
from tests.stack.product import PHOTO, Product

pytestmark = [pytest.mark.browser]
PROJECTS: Final = "**/api/v1/projects/"
SAMPLES: Final = "**/samples/*.jpg"
LOADED: Final = """() => {
  window.loaded = new Promise((resolve) => addEventListener("pageshow", () => setTimeout(resolve)));
}"""
DROP: Final = """async () => {
  document.body.innerHTML = `<picture-drop data-max-megabytes="20" data-formats="JPEG">
    <input type="file" accept="image/jpeg">
    <img data-preview><video data-preview></video><b data-name></b><p data-error></p>
    <button data-sample="/samples/cat.jpg" data-name="Cat">Cat</button>
    <button data-sample="/samples/ember.jpg" data-name="Ember">Ember</button></picture-drop>`;
  await import("/js/elements/new/picture-drop.js");
}"""


@pytest.fixture
def drop_page(script_page: Page) -> Page:
    """Open a page with the place for a picture and two samples, whose files are the tests' to send."""
    script_page.evaluate(DROP)
    return script_page


def press(page: Page, name: str) -> None:
    """Press a sample; what comes of it is `sampled`."""
    page.get_by_role("button", name=name).click()
    page.evaluate("() => { window.sampled = document.querySelector('picture-drop').ready; }")


def deliver(route: Route) -> None:
    route.fulfill(path=PHOTO / route.request.url.rsplit("/", 1)[1])


def taken(page: Page) -> str:
    """Return the name of the file that is taken."""
    return str(page.evaluate("document.querySelector('picture-drop').file.name"))


def test_a_sample_that_comes_late_does_not_replace_what_was_chosen_after_it(drop_page: Page) -> None:
    held = HeldRequests(drop_page, SAMPLES)
    press(drop_page, "Cat")
    late = drop_page.evaluate_handle("[window.sampled]")
    press(drop_page, "Ember")
    deliver(held[1])
    drop_page.evaluate("window.sampled")
    assert taken(drop_page) == "Ember.jpg"
    deliver(held[0])
    late.evaluate("([sampled]) => sampled")
    assert taken(drop_page) == "Ember.jpg"

    press(drop_page, "Cat")
    drop_page.locator("input").set_input_files(PHOTO / "cactus.jpg")
    deliver(held[2])
    drop_page.evaluate("window.sampled")
    assert taken(drop_page) == "cactus.jpg"


def test_what_waits_for_a_picture_waits_for_a_sample_too_and_nothing_else_is_taken_then(drop_page: Page) -> None:
    held = HeldRequests(drop_page, SAMPLES)
    press(drop_page, "Cat")
    drop_page.evaluate("""() => {
      const drop = document.querySelector("picture-drop");
      drop.isLocked = true;
      window.sent = drop.ready.then(() => drop.file.name);
    }""")
    drop_page.locator("input").set_input_files(PHOTO / "cactus.jpg")
    drop_page.get_by_role("button", name="Ember").click()
    deliver(held[0])
    assert drop_page.evaluate("window.sent") == "Cat.jpg"
    assert len(held) == 1


@pytest.fixture
def visitor(browser: Browser, product: Product) -> Iterator[Page]:
    context = browser.new_context(base_url=product.base)
    yield context.new_page()
    context.close()


@pytest.mark.stack
def test_an_upload_is_still_shown_when_the_last_picture_of_the_page_comes(visitor: Page) -> None:
    page = visitor
    pictures, uploads = HeldRequests(page, "**/mascot*.svg"), HeldRequests(page, PROJECTS)
    page.goto("/", wait_until="domcontentloaded")
    page.evaluate(LOADED)
    page.get_by_role("button", name="Try A cat with a bell").click()
    upload = uploads[0]
    progress = page.get_by_role("progressbar", name="Upload")
    expect(progress).to_be_visible()
    pictures[0].continue_()
    page.evaluate("window.loaded")
    expect(progress).to_be_visible()
    page.get_by_test_id("file").set_input_files(PHOTO / "ember.jpg")
    expect(page.locator(".chosen [data-name]")).to_have_text("Cat.jpg")
    upload.fulfill(status=503, json={})
    expect(page.locator("picture-drop [data-error]")).not_to_be_empty()
    expect(progress).to_be_hidden()
    assert len(uploads) == 1


@pytest.mark.stack
def test_words_are_not_lost_when_they_are_sent_before_the_page_can(sign_in: SignIn, product: Product) -> None:
    page = sign_in(product.person())
    script = HeldRequests(page, re.compile("/pages/new"))
    page.goto("/new/", wait_until="commit")
    words = page.get_by_label("Describe it")
    words.fill("slow nod")
    page.get_by_text("More choices").click()
    words.press("Enter")
    make = page.get_by_test_id("make")
    expect(make).to_be_disabled()
    with page.expect_request("**/api/v1/engines/"):
        script[0].continue_()
    expect(make).to_be_enabled()
    expect(words).to_have_value("slow nod")
    expect(page.locator("[data-understood]")).to_contain_text("Understood as")

    samples, uploads = HeldRequests(page, SAMPLES), HeldRequests(page, PROJECTS)
    page.get_by_role("button", name="Try A cat with a bell").click()
    make.dblclick()
    samples[0].continue_()
    uploads[0].fulfill(status=503, json={})
    expect(page.locator("[data-form-error]")).not_to_be_empty()
    assert len(uploads) == 1
