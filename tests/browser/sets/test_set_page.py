"""The page of a set: made in one go, watched live, put in order, packed for a store, and taken apart again."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import PHONE, READY_MS, SignIn, assert_fits
from tests.browser.images import ball
from tests.stack.product import Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def picture_file(picture: Image.Image, name: str) -> FilePayload:
    """Return a picture as Playwright wants it for a file field."""
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": kept.getvalue()}


def make_set(page: Page) -> list[str]:
    """Make three emojis of one picture in one go, and return their names once all are drawn."""
    page.goto("/new/")
    page.get_by_test_id("file").set_input_files(picture_file(ball(2), "ball.png"))
    page.get_by_label("Several in one go").check()
    page.get_by_role("checkbox", name="Bounce", exact=True).check()
    expect(page.get_by_test_id("make")).to_have_text("Bring it to life")
    page.get_by_label("Motions, one a line").fill("slow wobble\nnod")
    page.get_by_text("More choices").click()
    page.get_by_label("White background").check()
    page.get_by_role("button", name="Make a set of 3").click()
    page.wait_for_url("**/sets/**")
    expect(page.locator("set-card")).to_have_count(3)
    expect(page.locator("set-card[data-status=ready].is-drawn")).to_have_count(3, timeout=READY_MS)
    return page.locator("set-card a.name").all_inner_texts()


def reorder(page: Page, names: list[str]) -> None:
    """Move emojis by a key and by the mouse, and undo both."""
    handle = page.locator("set-card .handle").first
    handle.press("ArrowRight")
    expect(page.locator("set-card a.name")).to_have_text([names[1], names[0], names[2]])
    expect(page.get_by_role("button", name=f"Move {names[0]}")).to_be_focused()
    first, last = (page.locator("set-card .picture").nth(place).bounding_box() for place in (0, 2))
    assert first and last
    page.mouse.move(first["x"] + 40, first["y"] + 90)
    page.mouse.down()
    page.mouse.move(last["x"] + 80, last["y"] + 90, steps=8)
    page.mouse.up()
    expect(page.locator("set-card a.name")).to_have_text([names[0], names[2], names[1]])
    page.get_by_role("button", name="Undo").click()
    page.keyboard.press("Control+z")
    expect(page.locator("set-card a.name")).to_have_text(names)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def change_members(page: Page, names: list[str]) -> None:
    """Rename the set, take its last emoji out, and add it again."""
    page.get_by_label("Name of this set").fill("Discs")
    page.keyboard.press("Enter")
    page.locator("set-card summary").nth(2).click()
    page.locator("set-card").nth(2).get_by_role("button", name="Take out of the set").click()
    expect(page.locator("set-card")).to_have_count(2)
    page.get_by_role("button", name="Add emojis").click()
    page.get_by_role("dialog").get_by_role("checkbox", name=names[2]).check()
    page.set_viewport_size({"width": 320, "height": 280})
    expect(page.get_by_role("button", name="Add 1 emoji")).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1200, "height": 900})
    page.get_by_role("button", name="Add 1 emoji").click()
    expect(page.locator("set-card a.name")).to_have_text(names)


def make_pack(page: Page) -> None:
    """Make the pack for Slack and download it."""
    expect(page.get_by_test_id("pack-line_emoji")).to_contain_text("Add 5 more to the set.")
    expect(page.get_by_role("list", name="Download all").get_by_role("listitem")).to_have_count(3)
    slack = page.get_by_test_id("pack-slack")
    slack.get_by_role("button", name="Make the ZIP").click()
    link = slack.get_by_test_id("pack-download")
    expect(link).to_be_visible(timeout=READY_MS)
    with page.expect_download() as download:
        link.click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as pack:
        assert len(pack.namelist()) == 3
        assert all(name.endswith(".gif") for name in pack.namelist())


def delete_set(page: Page) -> None:
    """Open the set from the list, and delete it alone."""
    page.goto("/")
    with page.expect_event("load"):  # with its scripts, which answer the menu
        page.get_by_role("link", name="Discs").click()
    page.get_by_label("Other actions").click()
    page.get_by_role("button", name="Delete this set").click()
    page.get_by_role("button", name="Delete the set").click()
    expect(page.get_by_test_id("emoji-card")).to_have_count(3)
    expect(page.get_by_role("link", name="Discs")).to_have_count(0)


def test_a_set_is_made_in_one_go_put_in_order_packed_and_deleted_without_its_emojis(
    sign_in: SignIn, product: Product
) -> None:
    page = sign_in(product.person(), viewport={"width": 1200, "height": 900})
    names = make_set(page)
    reorder(page, names)
    change_members(page, names)
    make_pack(page)
    assert_fits(page, 320, PHONE["width"], 1440)
    delete_set(page)
