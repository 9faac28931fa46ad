"""Test the cut-out editor when steps come quickly, the socket is cut, and the emoji is deleted elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.cutout_page import BLUE, RED, YELLOW
from tests.browser.late.held import HeldRequests

pytestmark = [pytest.mark.stack, pytest.mark.browser]
SERVER_ERROR = 1011
REFINE = "**/source/refine/"


def test_strokes_wait_for_each_other_and_the_last_that_waits_is_taken_back(open_editor: OpenEditor) -> None:
    editor = open_editor()
    held = HeldRequests(editor.page, REFINE, times=1)
    editor.drag((150, 100), (230, 100))
    editor.drag((40, 90), (80, 90))
    editor.drag((215, 30), (235, 30))
    editor.page.keyboard.press("Control+z")
    editor.expect_said("Taken back.")
    held[0].continue_()
    editor.expect_idle()
    expect(editor.root.locator(".stroke")).to_have_count(0)
    assert editor.alphas(BLUE, RED, YELLOW) == [0, 0, 255]
    tools = [row["tool"] for row in editor.person.http.get(f"projects/{editor.project['id']}/source/mattes/").json()]
    assert tools == ["", "brush", "brush"]


def test_a_step_ends_without_a_socket_and_a_deleted_emoji_ends_the_editor(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.page.route_web_socket("**/ws/**", lambda socket: socket.close(code=SERVER_ERROR))
    editor.page.reload()
    editor.open()
    editor.drag((150, 100), (230, 100))
    editor.expect_said("Erased.")
    assert editor.alphas(BLUE) == [0]
    editor.person.http.delete(f"projects/{editor.project['id']}/")
    expect(editor.page.get_by_test_id("deleted-notice")).to_be_visible()
    expect(editor.root).to_be_hidden()
