"""Test the cut-out editor on a phone: fingers paint, pinch and tap, and all fits."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, assert_fits
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.cutout_page import BLUE, HOLE, RED
from tests.browser.editor.fingers import Fingers

pytestmark = [pytest.mark.stack, pytest.mark.browser]
LEAST_TARGET = 44


def test_fingers_paint_pinch_and_tap_on_a_phone(open_editor: OpenEditor) -> None:
    editor = open_editor(context={"viewport": PHONE, "has_touch": True, "is_mobile": True})
    fitted = editor.cutout.bounding_box()
    assert fitted
    with Fingers(editor.page) as fingers:
        at = editor.at(BLUE)
        fingers.pinch(at, apart=(60, 150))
        zoomed = editor.cutout.bounding_box()
        assert zoomed
        assert zoomed["width"] / fitted["width"] == pytest.approx(2.5, rel=0.1)
        assert editor.at(BLUE) == pytest.approx(at, abs=3)
        expect(editor.root.locator(".stroke")).to_have_count(0)
        fingers.drag(editor.at((180, 100)), editor.at((200, 100)))
    editor.expect_said("Erased.")
    inside, *outside = editor.alphas(BLUE, (165, 100), RED)
    assert inside < 32
    assert outside == [255, 255]

    editor.button("Show all").tap()
    editor.root.get_by_role("toolbar").get_by_role("button", name="Holes").tap()
    editor.button("Open hole 1").tap()
    editor.expect_said("The hole is open.")
    assert editor.alphas(HOLE) == [0]
    for box in editor.root.locator("button:visible, label:has(input):visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().toJSON())"
    ):
        assert min(box["width"], box["height"]) >= LEAST_TARGET, box
    assert_fits(editor.page, 320, PHONE["width"], 820, 1440)
    editor.page.set_viewport_size({"width": 320, "height": PHONE["height"]})
    last = editor.root.get_by_role("toolbar").get_by_role("button").last.bounding_box()
    assert last
    assert last["x"] + last["width"] <= 320, "the last tool is out of sight"
    higher = editor.page.evaluate("document.documentElement.scrollHeight - window.innerHeight")
    assert higher == 0, "the editor can be scrolled out of sight"
