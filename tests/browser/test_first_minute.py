"""The first minute: from a picture on the front page to an account, with nothing lost on the way."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, assert_fits, expect_ready
from tests.browser.late.held import HeldRequests
from tests.stack.product import PHOTO, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]
FRAMES = 12


@pytest.fixture
def visitor(browser: Browser, product: Product) -> Iterator[Page]:
    """Open the front page as somebody who has never been here; an error in the page's console fails the test."""
    context = browser.new_context(base_url=product.base)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/")
    yield page
    context.close()
    assert problems == []


def test_a_sample_moves_without_an_account_and_is_kept_by_signing_up(visitor: Page) -> None:
    page = visitor
    assert_fits(page, 320, 390, 1440)
    page.get_by_role("button", name="Try A cat with a bell").click()
    page.wait_for_url("**/emojis/**")
    studio = page.url
    expect_ready(page, FRAMES)
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    assert_fits(page, 320, 390, 1440)

    page.get_by_role("link", name="Sign up to keep it").click()
    expect(page.get_by_text("At least 8 characters")).to_have_count(1)
    page.get_by_label("Email").fill(f"guest-{uuid.uuid4().hex[:8]}@example.com")
    page.get_by_label("Password").fill(uuid.uuid4().hex)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url(studio)
    expect(page.get_by_test_id("guest-note")).to_have_count(0)
    expect_ready(page, FRAMES)
    card = page.get_by_test_id("export-slack")
    card.get_by_role("button", name="Make file for Slack").click()
    expect(card.get_by_test_id("download")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="My emojis").click()
    expect(page.get_by_test_id("emoji-card")).to_have_count(1)


def test_a_picture_chosen_before_the_scripts_are_there_is_taken_once(visitor: Page) -> None:
    page = visitor
    held = HeldRequests(page, re.compile("picture-drop"), times=1)
    page.goto("/", wait_until="commit")
    page.get_by_test_id("file").set_input_files(PHOTO / "cat.jpg")
    held[0].continue_()
    page.wait_for_url("**/emojis/**")
    expect_ready(page, FRAMES)
    page.get_by_role("link", name="My emojis").click()
    expect(page.get_by_test_id("emoji-card")).to_have_count(1)


def test_a_picture_is_dropped_with_the_keyboard_on_a_phone_and_the_work_is_still_there_on_return(
    visitor: Page,
) -> None:
    page = visitor
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.get_by_test_id("file").focus()
    page.get_by_test_id("file").set_input_files(PHOTO / "ember.jpg")
    page.wait_for_url("**/emojis/**")
    studio = page.url
    page.goto("/")
    page.get_by_test_id("emoji-card").get_by_role("link").click()
    page.wait_for_url(studio)


def test_a_file_that_is_no_picture_is_refused_in_words_and_another_one_is_taken(visitor: Page) -> None:
    page = visitor
    bad = {"name": "face.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n broken"}
    page.get_by_test_id("file").set_input_files(bad)  # type: ignore[arg-type]
    expect(page.locator("picture-drop [data-error]")).not_to_be_empty()
    expect(page.get_by_role("progressbar", name="Upload")).to_be_hidden()
    page.get_by_test_id("file").set_input_files(PHOTO / "ember.jpg")
    page.wait_for_url("**/emojis/**")
