"""Test each tool of the cut-out editor by the pixels of the matte that it makes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from animations.imaging import png
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.cutout_page import BLUE, HOLE, RED, YELLOW, CutoutPage, Place, discs
from tests.matte.test_sure_holes import rendered_ring
from tests.stack.product import ROOT

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def test_taps_by_pointer_and_keys_take_away_and_add_and_a_box_keeps_what_is_in_it(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.page.keyboard.press("2")
    editor.tap(BLUE, button="right")
    editor.expect_said("Taken away by GrabCut, without a GPU.")
    assert editor.alphas(BLUE, RED) == [0, 255]
    editor.tap(BLUE)
    editor.expect_said("Added by GrabCut, without a GPU.")
    assert editor.alphas(BLUE, RED) == [255, 255]
    editor.root.get_by_label("Take away what I tap").check()
    editor.tap(YELLOW)
    editor.expect_said("Taken away by GrabCut, without a GPU.")
    assert editor.alphas(BLUE, YELLOW) == [255, 0]
    editor.root.get_by_label("Take away what I tap").uncheck()
    tap_with_keys(editor, BLUE)
    editor.expect_idle()
    assert editor.alphas(BLUE, RED) == [0, 255]
    editor.tap(BLUE)
    editor.expect_idle()
    editor.drag((145, 50), (240, 150))
    editor.expect_said("Cut out of the box by GrabCut, without a GPU.")
    assert editor.alphas(BLUE, RED) == [255, 0]


def tap_with_keys(editor: CutoutPage, place: Place) -> None:
    """Move the crosshair from the middle of the stage to a place right of it and above, and take that away."""
    keyboard = editor.page.keyboard
    surface = editor.page.get_by_test_id("editor-surface")
    surface.focus()
    box = surface.bounding_box()
    assert box
    x, y = editor.at(place)
    for _ in range(round((x - box["x"] - box["width"] / 2) / 12)):
        keyboard.press("ArrowRight")
    for _ in range(round((box["y"] + box["height"] / 2 - y) / 12)):
        keyboard.press("ArrowUp")
    keyboard.press("Alt+Enter")


def test_the_editor_begins_with_an_outlined_hole_which_one_tap_opens_and_fills_again(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.show()
    outline = editor.button("Open hole 1")
    expect(outline).to_be_visible()
    box = outline.bounding_box()
    assert box
    assert (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) == pytest.approx(editor.at(HOLE), abs=4)
    outline.click()
    editor.expect_said("The hole is open.")
    expect(outline).to_have_count(0)
    assert editor.alphas(HOLE, RED) == [0, 255]
    editor.root.get_by_label("Fill").check(force=True)
    editor.tap(HOLE)
    editor.expect_said("The hole is filled.")
    assert editor.alphas(HOLE) == [255]
    editor.tap(RED)
    editor.expect_refused("There is no hole at this place that could be filled")


def test_a_hole_that_was_opened_unasked_is_said_and_outlined_to_be_filled(open_editor: OpenEditor) -> None:
    editor = open_editor(png.write(rendered_ring()[0]))
    expect(editor.page.get_by_text("One hole inside was opened: fill it there if it is none.")).to_be_attached()
    editor.tool("Holes")
    editor.root.get_by_label("Fill").check(force=True)
    outline = editor.button("Fill hole 1")
    expect(outline).to_be_visible()
    assert editor.alphas((100, 100)) == [0]
    outline.click()
    editor.expect_said("The hole is filled.")
    expect(outline).to_have_count(0)
    assert editor.alphas((100, 100)) == [255]


def test_white_and_edge_and_engine_change_the_whole_matte(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.tool("Edge")
    rim = (150 + 3, 100)
    editor.root.get_by_role("slider", name="Move").fill("-6")
    editor.button("Change the edge").click()
    editor.expect_said("The edge is changed. The same again changes it further.")
    assert editor.alphas(rim, BLUE) == [0, 255]
    editor.root.get_by_label("Preview as a GIF").check()
    expect(editor.cutout).to_have_css("filter", 'url("#one-bit")')

    editor.tool("White")
    editor.root.get_by_role("slider", name="Tolerance").fill("60")
    editor.expect_said("Plain white is taken away, with a tolerance of 60.")
    assert editor.alphas(rim, BLUE) == [255, 255]
    editor.button("Automatic").click()
    editor.expect_said("Plain white is taken away, as far as the picture’s border shows it.")

    editor.tool("Engine")
    expect(editor.button("BiRefNet")).to_be_hidden()
    editor.root.get_by_text("Why not the others?").click()
    expect(editor.root.get_by_role("listitem").first).to_contain_text("BiRefNet")
    editor.button("Keep it as it is").click()
    editor.expect_said("Cut out again with: Keep it as it is.")
    assert editor.alphas((2, 2), HOLE) == [255, 255]


def test_small_parts_that_a_model_dropped_are_outlined_and_come_back(open_editor: OpenEditor) -> None:
    editor = open_editor((ROOT / "tests" / "data" / "cases" / "sparks.png").read_bytes(), matte="rembg")
    (x, y), *others = [spark["point"] for spark in editor.source()["sparks"]]
    assert editor.alphas((x, y)) == [0]
    editor.page.keyboard.press("6")
    outlines = editor.root.get_by_role("button", name="Bring back part")
    expect(outlines).to_have_count(1 + len(others))
    outlines.first.click()
    editor.expect_said("It is back.")
    back, *dropped = editor.alphas((x, y), *others)
    assert back > 200
    assert dropped == [0] * len(others)
    expect(outlines).to_have_count(len(others))
    expect(outlines.first).to_be_focused()
    editor.button("Bring all back").click()
    editor.expect_said("All small parts are back.")
    assert min(editor.alphas(*others)) > 200
    expect(outlines).to_have_count(0)


def test_what_a_tool_cannot_do_is_said_beside_it_and_changes_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor(discs("#d8e4ee"), matte="none")
    editor.tool("White")
    editor.button("Automatic").click()
    editor.expect_refused("There is no plain white background here")
    editor.tool("Sparks")
    editor.button("Bring all back").click()
    editor.expect_refused("No small parts were found that could be brought back.")
    assert editor.source()["matte_parent"] is None
