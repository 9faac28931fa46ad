"""Test the brush of the cut-out editor, with undo and redo, keys, zoom and pan."""

from __future__ import annotations

import io
from typing import Final, Literal

import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.cutout_page import BLUE, RED, CutoutPage, Place, discs, png

pytestmark = [pytest.mark.stack, pytest.mark.browser]

MOVES: Final = 60
HALF_A_FRAME_MS: Final = 8.0
BUTTONS: Final[tuple[Literal["left"], Literal["middle"]]] = ("left", "middle")


def test_strokes_erase_and_keep_and_each_is_undone_and_redone(open_editor: OpenEditor) -> None:
    editor = open_editor()
    before = editor.source()
    expect_comparing(editor)
    editor.drag((150, 100), (230, 100))
    editor.expect_said("Erased.")
    assert editor.alphas(BLUE, RED) == [0, 255]
    expect(editor.root.locator(".stroke")).to_have_count(0)
    expect(editor.cutout).to_have_attribute("src", editor.source()["cutout_url"])

    editor.page.keyboard.press("x")
    expect(editor.button("Keep")).to_have_attribute("aria-pressed", "true")
    editor.drag((160, 100), (220, 100))
    editor.expect_said("Kept.")
    assert editor.alphas(BLUE, RED) == [255, 255]

    editor.page.keyboard.press("Control+z")
    editor.expect_said("Undone.")
    assert editor.alphas(BLUE) == [0]
    editor.button("Undo").click()
    editor.expect_idle()
    expect(editor.button("Undo")).to_be_disabled()
    assert editor.source()["matte"] == before["matte"]
    editor.page.keyboard.press("Control+Shift+Z")
    editor.expect_said("Done again.")
    assert editor.alphas(BLUE) == [0]
    editor.page.keyboard.press("Control+y")
    editor.expect_idle()
    expect(editor.button("Redo")).to_be_disabled()
    assert editor.alphas(BLUE) == [255]

    editor.page.keyboard.press("Escape")
    expect(editor.root).to_be_hidden()
    expect(editor.page.get_by_test_id("edit-cutout")).to_be_focused()
    editor.page.keyboard.press("e")
    editor.expect_shown()
    editor.page.reload()
    editor.open()
    editor.button("Undo").click()
    editor.expect_said("Undone.")
    assert editor.alphas(BLUE) == [0]


def expect_comparing(editor: CutoutPage) -> None:
    """Expect the picture instead of the cutout while the key, or the button, is held."""
    picture = editor.root.locator("[data-picture]")
    expect(picture).to_have_css("opacity", "0")
    editor.page.keyboard.down("c")
    expect(picture).to_have_css("opacity", "1")
    expect(editor.cutout).to_be_hidden()
    editor.page.keyboard.up("c")
    expect(editor.cutout).to_be_visible()
    box = editor.button("Hold to compare").bounding_box()
    assert box
    editor.page.mouse.move(box["x"] + 9, box["y"] + 9)
    editor.page.mouse.down()
    expect(picture).to_have_css("opacity", "1")
    editor.page.mouse.up()
    expect(picture).to_have_css("opacity", "0")


def test_a_stroke_lands_where_it_is_seen_zoomed_and_panned_and_a_pen_makes_it_thin(open_editor: OpenEditor) -> None:
    editor = open_editor(context={"viewport": {"width": 1000, "height": 700}})
    mouse, keyboard = editor.page.mouse, editor.page.keyboard
    fitted = editor.cutout.bounding_box()
    at = editor.at(BLUE)
    mouse.move(*at)
    mouse.wheel(0, -400)
    zoomed = editor.cutout.bounding_box()
    assert fitted
    assert zoomed
    assert zoomed["width"] > 2 * fitted["width"]
    assert editor.at(BLUE) == pytest.approx(at, abs=1.5)  # the place below the pointer stays

    for button in BUTTONS:
        if button == "left":
            keyboard.down("Space")
        x, y = editor.at(BLUE)
        mouse.move(x, y)
        mouse.down(button=button)
        mouse.move(x - 60, y + 30, steps=3)
        mouse.up(button=button)
        keyboard.up("Space")
        assert editor.at(BLUE) == pytest.approx((x - 60, y + 30), abs=1)
    assert editor.source()["matte_parent"] is None, "moving the picture has painted"

    keyboard.press("]")
    editor.expect_said("Brush size 48.")
    editor.drag((180, 100), (200, 100))
    editor.expect_said("Erased.")
    inside, *outside = editor.alphas(BLUE, (160, 100), (190, 85), (190, 115))
    assert inside < 32
    assert outside == [255, 255, 255]
    for key in ("0", "+", "-"):
        keyboard.press(key)
    back = editor.cutout.bounding_box()
    assert back == pytest.approx(fitted, abs=1)

    draw_with_pen(editor.page, editor.at((40, 60)), editor.at((60, 60)), pressure=0.05)
    editor.expect_said("Erased.")
    assert editor.alphas((50, 60), (50, 66)) == [0, 255], "a light touch is as wide as a firm one"
    draw_with_pen(editor.page, editor.at((40, 120)), editor.at((60, 120)), pressure=1)
    editor.expect_idle()
    assert editor.alphas((50, 120), (50, 124)) == [0, 0]


def test_a_move_of_the_brush_takes_less_than_half_a_frame_on_the_largest_picture(open_editor: OpenEditor) -> None:
    with Image.open(io.BytesIO(discs())) as picture:
        editor = open_editor(png(picture.resize((2048, 1536))))
    first, *others = editor.wave(MOVES)
    session, mouse = editor.page.context.new_cdp_session(editor.page), editor.page.mouse
    session.send("Performance.enable")
    mouse.move(*first)
    mouse.down()
    before = busy_ms(session)
    for place in others:
        mouse.move(*place)
    spent = (busy_ms(session) - before) / MOVES
    session.detach()
    expect(editor.root.locator(".stroke")).to_have_count(1)
    editor.page.keyboard.press("Escape")
    assert 0.1 < spent < HALF_A_FRAME_MS, "usual are 3"


def draw_with_pen(page: Page, start: Place, end: Place, pressure: float) -> None:
    """Draw with a pen that is pressed so firmly, from 0 to 1."""
    session = page.context.new_cdp_session(page)
    for kind, (x, y) in (("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end)):
        event = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
        session.send("Input.dispatchMouseEvent", event | {"pointerType": "pen", "force": pressure})
    session.detach()


def busy_ms(session: CDPSession) -> float:
    """Return how long the page's thread has had a core: unlike the time of day, others do not add to it."""
    measured = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return 1e3 * float(measured["ThreadTime"])
