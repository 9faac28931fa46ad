"""Test the download in the studio's head: made and saved with one click, and shared on a phone."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SignIn, assert_fits
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]
STAND_IN_FOR_SHARING: Final = """
    navigator.canShare = () => true;
    navigator.share = async ({ files: [file] }) => {
        document.body.dataset.shared = [file.name, file.type, file.size].join("|");
    };
"""
"""The desktop's Chromium has no Web Share: keep what is shared."""

FAILING_SHARE: Final = """name => {
    navigator.share = async () => {
        document.body.dataset.asked = name;
        throw new DOMException("", name);
    };
}"""


@pytest.fixture(scope="module")
def finished(product: Product, photo: bytes) -> tuple[Person, dict[str, Any]]:
    """Return a person with a finished emoji."""
    person = product.person()
    project = person.upload(photo, "chelsea.png", prompt="jump", matte="none", frame_count=4, candidates=2)
    person.finished(project["job"]["id"], seconds=90)
    return person, project


def save(page: Page, name: str) -> str:
    """Press a button of the quick download, and return the name of the file that is saved."""
    with page.expect_download(timeout=30_000) as download:
        page.get_by_test_id("quick-download").get_by_role("button", name=name, exact=True).click()
    return download.value.suggested_filename


def test_a_file_is_made_and_saved_with_one_click_and_the_platform_remembered(
    sign_in: SignIn, finished: tuple[Person, dict[str, Any]]
) -> None:
    person, project = finished
    page = sign_in(person)
    page.goto(f"/emojis/{project['id']}/")
    head = page.get_by_test_id("quick-download")
    assert save(page, "Download for Slack") == "chelsea, jump-slack.gif"
    expect(head.get_by_role("status")).to_contain_text("press Add Emoji, upload the file and name it :chelsea_jump:.")
    assert save(page, "Download for Slack") == "chelsea, jump-slack.gif"
    assert person.get(f"projects/{project['id']}/exports/")["count"] == 1, "the file was made twice"
    head.get_by_role("button", name="OK").press("Enter")
    expect(head.get_by_role("button", name="Download for Slack")).to_be_focused()

    head.get_by_label("Other downloads").click()
    assert save(page, "Download for Discord") == "chelsea, jump-discord-emoji.gif"
    expect(head.get_by_role("status")).to_contain_text("Server Settings")
    page.reload()
    expect(head.get_by_role("button", name="Download for Discord", exact=True).first).to_be_visible()


def test_a_phone_has_the_download_in_reach_and_shares_the_file_as_the_frames_are_now(
    sign_in: SignIn, finished: tuple[Person, dict[str, Any]]
) -> None:
    person, project = finished
    page = sign_in(person, viewport=PHONE)
    page.add_init_script(STAND_IN_FOR_SHARING)
    page.goto(f"/emojis/{project['id']}/")
    head = page.get_by_test_id("quick-download")
    for button in head.locator(".split > *, summary").all():
        expect(button).to_be_in_viewport()
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    before = person.get(f"projects/{project['id']}/exports/")["count"]
    version = page.get_by_test_id("versions").get_by_role("button", name="Version B")
    version.click()
    expect(version).to_have_attribute("aria-pressed", "true")
    head.get_by_role("button", name="Share").click()
    shared = re.compile(r"^chelsea, jump-.*\|image/gif\|")
    expect(page.locator("body")).to_have_attribute("data-shared", shared, timeout=30_000)
    exports = person.get(f"projects/{project['id']}/exports/")
    assert exports["count"] == before + 1
    size = (page.locator("body").get_attribute("data-shared") or "").rpartition("|")[2]
    assert int(size) == exports["results"][0]["files"][0]["bytes"]
    assert save(page, head.locator("[data-save]").inner_text()) == exports["results"][0]["files"][0]["name"]
    assert person.get(f"projects/{project['id']}/exports/")["count"] == before + 1


def test_a_tap_on_a_phone_saves_the_file_and_what_is_left_to_do_is_in_sight(
    sign_in: SignIn, finished: tuple[Person, dict[str, Any]]
) -> None:
    person, project = finished
    page = sign_in(person, viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(f"/emojis/{project['id']}/")
    head = page.get_by_test_id("quick-download")
    expect(head.get_by_role("button", name="Share")).to_be_hidden()  # this browser has no share sheet
    with page.expect_download(timeout=30_000) as download:
        head.get_by_role("button", name=re.compile("^Download for")).first.tap()
    with Image.open(download.value.path()) as saved:
        assert (saved.format, saved.size, getattr(saved, "n_frames", 1)) == ("GIF", (128, 128), 4)
    status = head.get_by_role("status")
    expect(status).to_contain_text("Saved,")
    for part in (status, status.get_by_role("link", name="Save it again"), status.get_by_role("button", name="OK")):
        expect(part).to_be_in_viewport(ratio=1)
    assert_fits(page, 320, PHONE["width"])


def test_a_share_that_comes_too_late_asks_for_another_tap_and_one_that_is_called_off_says_nothing(
    sign_in: SignIn, finished: tuple[Person, dict[str, Any]]
) -> None:
    person, project = finished
    page = sign_in(person, viewport=PHONE, has_touch=True, is_mobile=True)
    page.add_init_script(STAND_IN_FOR_SHARING)
    page.goto(f"/emojis/{project['id']}/")
    head = page.get_by_test_id("quick-download")
    page.evaluate(FAILING_SHARE, "NotAllowedError")
    head.get_by_role("button", name="Share").tap()
    expect(head.get_by_role("status")).to_contain_text("The file is ready. Press Share once more.", timeout=30_000)
    head.get_by_role("button", name="OK").tap()
    page.evaluate(FAILING_SHARE, "AbortError")
    head.get_by_role("button", name="Share").tap()
    expect(page.locator("body")).to_have_attribute("data-asked", "AbortError")
    for place in ("[data-result]", "[data-error]"):
        expect(head.locator(place)).to_be_empty()
