"""Test the timeline of the studio: frames moved, duplicated, held, deleted, and all of that undone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, SignIn, assert_fits, expect_ready
from tests.stack.product import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def cells(page: Page) -> Locator:
    return page.get_by_test_id("strip").get_by_role("option")


def selected(page: Page) -> Locator:
    return page.get_by_test_id("strip").get_by_role("option", selected=True)


def order(page: Page) -> list[str | None]:
    return [cell.get_attribute("data-frame") for cell in cells(page).all()]


def expect_order(page: Page, *ids: str) -> None:
    for index, frame in enumerate(ids):
        expect(page.get_by_test_id(f"frame-{index}")).to_have_attribute("data-frame", frame)
    expect(cells(page)).to_have_count(len(ids))


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Drag with the mouse from the middle of one to the left end of the other."""
    what.scroll_into_view_if_needed()
    start, end = what.bounding_box(), to.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 20, steps=6)
    page.mouse.move(end["x"] + 4, end["y"] + 20)
    page.mouse.up()


def test_frames_are_rearranged_with_mouse_and_keys_and_every_step_is_undone(
    sign_in: SignIn, person: Person, photo: bytes
) -> None:
    project = person.upload(photo, prompt="bounce", frame_count=4, candidates=2, size=64, matte="none")
    person.finished(project["job"]["id"])

    def saved() -> list[tuple[str, int]]:
        shown: dict[str, Any] = person.get(f"projects/{project['id']}/")
        return [(frame["id"], frame["delay_ms"]) for frame in shown["frames"]]

    first, second, third, fourth = (frame for frame, _ in saved())
    page = sign_in(person)
    page.goto(f"/emojis/{project['id']}/")
    expect_ready(page, 4)
    tools = page.get_by_test_id("timeline")
    undo = tools.get_by_role("button", name="Undo")
    expect(undo).to_have_attribute("aria-disabled", "true")

    drag(page, cells(page).nth(3), cells(page).nth(1))
    expect_order(page, first, fourth, second, third)
    expect(tools.get_by_role("status")).to_have_text("1 frame moved.")

    cells(page).nth(1).focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(selected(page)).to_have_count(2)
    page.keyboard.press("Alt+ArrowRight")
    expect_order(page, first, third, fourth, second)
    page.keyboard.press("d")
    expect(cells(page)).to_have_count(6)
    copies = order(page)[4:]
    expect(selected(page)).to_have_count(2)
    page.get_by_test_id("frame-0").click()
    page.get_by_test_id("frame-2").click(modifiers=["Control"])
    page.keyboard.press("Delete")
    expect_order(page, third, second, *map(str, copies))
    expect(tools.get_by_role("status")).to_have_text("2 frames deleted.")
    page.get_by_test_id("frame-0").click()
    page.keyboard.press("h")
    expect(page.get_by_test_id("frame-0")).to_contain_text("160 ms")
    expect(tools.get_by_role("status")).to_have_text("1 frame retimed.")
    expect(tools.get_by_label("Stays")).to_have_value("160")
    expect(tools.get_by_text("4 frames · 10.0 a second")).to_be_visible()
    tools.get_by_label("Loop length").fill("0.8")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("frame-0")).to_contain_text("320 ms")
    expect(tools.get_by_role("status")).to_have_text("The loop takes 0.8 s.")
    assert saved() == [(third, 320), (second, 160), (str(copies[0]), 160), (str(copies[1]), 160)]

    page.reload()
    expect_ready(page, 4)
    for steps in range(6):
        expect(undo, f"step {steps}").not_to_have_attribute("aria-disabled", "true")
        page.keyboard.press("Control+z")
        expect(tools.get_by_role("status")).to_have_text("Undone.")
        tools.get_by_role("status").evaluate("status => { status.textContent = ''; }")
    expect_order(page, first, second, third, fourth)
    assert saved() == [(frame, 80) for frame in (first, second, third, fourth)]
    expect(undo).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Control+Shift+z")
    expect_order(page, first, fourth, second, third)

    page.get_by_test_id("frame-2").click()
    page.keyboard.press("s")
    expect(tools.get_by_role("button", name="Use as still")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("frame-2")).to_have_accessible_name(re.compile("shown when still"))
    expect(tools.get_by_role("status")).to_have_text("This frame is shown when still.")
    words = page.get_by_test_id("words")
    words.locator("summary").click()
    expect(words.get_by_label("Tags")).to_have_value("🏀")
    words.get_by_label("What it shows").fill("A cat that bounces")
    page.keyboard.press("Enter")
    expect(words.get_by_role("status")).to_have_text("Saved.")
    kept = person.get(f"projects/{project['id']}/")
    assert (kept["poster"], kept["alt_text"]) == (2, "A cat that bounces")

    page.get_by_test_id("frame-2").focus()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    assert_fits(page, PHONE["width"], 320)
