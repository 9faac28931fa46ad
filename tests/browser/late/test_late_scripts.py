"""Test what is done before a script, a sample or an answer has come: nothing is lost, and the last choice counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import SignIn
from tests.browser.late.held import HeldRequests
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


@pytest.mark.stack
def test_an_emoji_that_is_asked_for_twice_is_sent_once_as_soon_as_its_sample_is_there(
    sign_in: SignIn, product: Product
) -> None:
    page = sign_in(product.person())
    page.goto("/new/")
    page.get_by_label("Describe it").fill("slow nod")
    make = page.get_by_test_id("make")
    samples, uploads = HeldRequests(page, SAMPLES), HeldRequests(page, PROJECTS)
    page.get_by_role("button", name="Try A cat with a bell").click()
    make.dblclick()
    samples[0].continue_()
    uploads[0].fulfill(status=503, json={})
    expect(page.locator("[data-form-error]")).not_to_be_empty()
    assert len(uploads) == 1


@pytest.mark.stack
def test_a_name_and_words_of_before_the_studios_scripts_are_kept(
    sign_in: SignIn, product: Product, photo: bytes
) -> None:
    person = product.person()
    project = person.upload(photo, prompt="sway", start="false")
    page = sign_in(person)
    script = HeldRequests(page, re.compile("/pages/studio"))
    page.goto(f"/emojis/{project['id']}/", wait_until="commit")
    name = page.get_by_label("Name of this emoji")
    name.fill("Before")
    page.get_by_test_id("words").locator("summary").click()
    alt = page.get_by_label("What it shows")
    expect(alt).to_be_disabled()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        script[0].continue_()
    expect(page).to_have_title("Before · EmojiForge")
    expect(alt).to_be_enabled()


@pytest.mark.stack
def test_a_name_is_changed_back_in_turn_and_one_that_is_refused_is_not_shown_over_what_is_typed(
    sign_in: SignIn, product: Product, photo: bytes
) -> None:
    person = product.person()
    project = person.upload(photo, prompt="sway", start="false")
    page = sign_in(person)
    page.goto(f"/emojis/{project['id']}/")
    name = page.get_by_label("Name of this emoji")
    changes = HeldRequests(page, "**/api/v1/projects/*/", method="PATCH")
    for text in ("Other", project["name"]):
        name.fill(text)
        name.press("Enter")
    changes[0].continue_()
    second = changes[1]
    with page.expect_response(lambda answer: answer.request == second.request):
        second.continue_()
    expect(name).to_have_value(project["name"])
    assert person.get(f"projects/{project['id']}/")["name"] == project["name"]

    name.fill("Refused")
    name.press("Enter")
    name.fill("Typing")
    changes[2].fulfill(status=503, json={})
    expect(page.locator("[data-name-error]")).not_to_be_empty()
    expect(name).to_have_value("Typing")


@pytest.mark.stack
def test_a_script_that_does_not_come_is_said(sign_in: SignIn, product: Product, photo: bytes) -> None:
    person = product.person()
    project = person.upload(photo, prompt="sway", start="false")
    page = sign_in(person)
    script = HeldRequests(page, re.compile("/motion-dialog"))
    page.goto(f"/emojis/{project['id']}/")
    page.get_by_test_id("change-motion").click()
    script[0].abort()
    expect(page.locator("[data-name-error]")).to_have_text(
        "A part of this page could not be loaded. Reload the page."
    )


@pytest.mark.stack
def test_of_two_views_that_are_asked_for_at_once_one_is_opened(
    sign_in: SignIn, product: Product, photo: bytes
) -> None:
    person = product.person()
    project = person.upload(photo, prompt="sway", matte="none", frame_count=2, candidates=1)
    person.finished(project["job"]["id"], seconds=90)
    page = sign_in(person)
    scripts = HeldRequests(page, re.compile("/(cutout-editor|finish-editor)"))
    page.goto(f"/emojis/{project['id']}/")
    page.get_by_role("button", name="Framing and finish").click()
    page.get_by_role("button", name="Edit the cut-out").click()
    for at in (0, 1):
        scripts[at].continue_()
    opened = page.locator("cutout-editor:not([hidden]), finish-editor:not([hidden])")
    expect(page.locator(":is(edit-cutout, edit-finish) button[aria-disabled]")).to_have_count(0)
    expect(opened).to_have_count(1)


@pytest.mark.stack
def test_a_sets_name_of_before_its_scripts_is_kept(sign_in: SignIn, product: Product, photo: bytes) -> None:
    person = product.person()
    pair = [person.upload(photo, prompt=prompt, start="false")["id"] for prompt in ("sway", "jump")]
    made = person.http.post("sets/", json={"name": "Discs", "projects": pair}).json()
    page = sign_in(person)
    script = HeldRequests(page, re.compile("/pages/set"))
    page.goto(f"/sets/{made['id']}/", wait_until="commit")
    page.get_by_label("Name of this set").fill("Before")
    page.keyboard.press("Tab")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        script[0].continue_()
    expect(page).to_have_title("Before · EmojiForge")
    assert person.get(f"sets/{made['id']}/")["name"] == "Before"
