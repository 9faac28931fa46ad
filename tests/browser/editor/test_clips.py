"""Test the cut-out editor on a clip: one frame is mended, or all of them, and a step is one undo."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.browser.axe import assert_accessible
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.cutout_page import MADE_MS, CutoutPage, alphas
from tests.browser.images import animation, ball

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def opacities(editor: CutoutPage, places: list[tuple[int, int]]) -> list[int]:
    """Return how opaque a place is in each frame."""
    frames: list[dict[str, Any]] = editor.person.get(f"projects/{editor.project['id']}/")["frames"]
    chosen = [next(row for row in frame["candidates"] if row["id"] == frame["chosen"]) for frame in frames]
    return [alphas(editor.person.file(row["alpha_url"]), at)[0] for row, at in zip(chosen, places, strict=True)]


def middles(editor: CutoutPage) -> list[int]:
    """Return how opaque the middle of the ball is in each frame."""
    return opacities(editor, [(16 + 10 * step, 16) for step in range(3)])


def ball_beside_a_thing(step: int) -> Image.Image:
    """Draw the ball that moves, and a blue thing in the corner that stays."""
    picture = ball(step)
    ImageDraw.Draw(picture).rectangle((74, 56, 86, 63), fill="#203090")
    return picture


def test_a_stroke_mends_one_frame_or_all_and_is_undone_at_once(open_editor: OpenEditor) -> None:
    editor = open_editor(animation([ball(0), ball(1), ball(2)]), prompt="", frame_count=3)
    assert middles(editor) == [255, 255, 255]
    expect(editor.root).to_contain_text("Frame 1 of 3")
    editor.button("Next frame").click()
    expect(editor.root).to_contain_text("Frame 2 of 3")
    editor.expect_shown()
    editor.drag((22, 16), (30, 16))
    editor.expect_said("Erased.")
    assert middles(editor) == [255, 0, 255]
    editor.button("Undo").click()
    editor.expect_said("Undone.")
    assert middles(editor) == [255, 255, 255]

    editor.root.get_by_label("All frames").check(force=True)
    editor.drag((14, 16), (38, 16))
    editor.expect_said("Erased.")
    assert middles(editor) == [0, 0, 0]
    editor.button("Undo").click()
    editor.expect_said("Undone.")
    assert middles(editor) == [255, 255, 255]
    editor.button("Redo").click()
    editor.expect_said("Done again.")
    assert middles(editor) == [0, 0, 0]


def test_a_correction_is_carried_to_no_other_frame_or_to_those_that_are_accepted_and_undone_at_once(
    open_editor: OpenEditor,
) -> None:
    frames = [ball_beside_a_thing(step) for step in range(3)]
    editor = open_editor(animation(frames), prompt="", frame_count=3, size=96, framing="whole")
    page, offer = editor.page, editor.root.get_by_role("button", name="Mend the other 2 frames too")
    thing = [(80, 60)] * 3
    assert opacities(editor, thing) == [255] * 3
    expect(offer).to_be_hidden()
    editor.root.get_by_label("Size").fill("100")
    editor.drag((74, 60), (87, 60))
    editor.expect_said("Erased.")
    assert opacities(editor, thing) == [0, 255, 255]

    offer.click()
    dialog = page.get_by_role("dialog", name="The other frames, mended")
    expect(dialog).to_be_visible(timeout=MADE_MS)
    expect(dialog).to_contain_text("Carried along the motion of the clip.")
    assert_accessible(page)
    page.keyboard.press("Escape")
    editor.expect_said("The other frames stay as they are.")
    expect(editor.root).to_be_visible()
    assert opacities(editor, thing) == [0, 255, 255]
    page.keyboard.press("m")
    expect(dialog).to_be_visible(timeout=MADE_MS)
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(2)
    tile = dialog.locator("label").filter(has_text="Frame 2")
    expect(tile.locator("[data-made]")).to_be_visible()
    page.keyboard.down("c")
    expect(tile.locator("[data-old]")).to_be_visible()
    page.keyboard.up("c")
    dialog.get_by_role("button", name="Old").click()
    expect(tile.locator("[data-made]")).to_be_hidden()
    tile.click()
    assert opacities(editor, thing) == [0, 255, 255]
    dialog.get_by_role("button", name="Use 1 frame").click()
    editor.expect_said("1 frame mended too.")
    assert opacities(editor, thing) == [0, 255, 0]
    assert opacities(editor, [(24 + 10 * step, 36) for step in range(3)]) == [255] * 3

    expect(offer).to_be_hidden()
    page.keyboard.press("Control+z")
    editor.expect_said("Undone.")
    assert opacities(editor, thing) == [0, 255, 255]
    page.keyboard.press("Control+Shift+z")
    editor.expect_said("Done again.")
    assert opacities(editor, thing) == [0, 255, 0]
    page.keyboard.press("Control+z")
    editor.expect_said("Undone.")
    page.keyboard.press("Control+z")
    expect(editor.button("Undo")).to_have_attribute("aria-disabled", "true", timeout=MADE_MS)
    assert opacities(editor, thing) == [255] * 3
