"""Test the download in the studio's head: made and saved with one click, and shared on a phone."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SignIn
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]
STAND_IN_FOR_SHARING: Final = """
    navigator.canShare = () => true;
    navigator.share = async ({ files: [file] }) => {
        document.body.dataset.shared = [file.name, file.type, file.size].join("|");
    };
"""
"""The desktop's Chromium has no Web Share: keep what is shared."""


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
