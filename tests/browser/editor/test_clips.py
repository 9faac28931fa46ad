"""Test the cut-out editor on a clip: one frame is mended, or all of them, and a step is one undo."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.cutout_page import CutoutPage, alphas
from tests.browser.images import animation, ball

pytestmark = [pytest.mark.stack, pytest.mark.browser]
BALL = (8, 16)
"""A place inside the ball of the first frame, once the clip is cropped; of the others it is white."""


def middles(editor: CutoutPage) -> list[int]:
    """Return how opaque the middle of the ball is in each frame."""
    frames: list[dict[str, Any]] = editor.person.get(f"projects/{editor.project['id']}/")["frames"]
    chosen = [next(row for row in frame["candidates"] if row["id"] == frame["chosen"]) for frame in frames]
    places = [(16 + 10 * step, 16) for step in range(len(frames))]
    return [alphas(editor.person.file(row["alpha_url"]), at)[0] for row, at in zip(chosen, places, strict=True)]


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
