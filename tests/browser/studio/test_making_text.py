"""Test what a card says while its file is made, on the script alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SAY = """async () => {
    const { makingText } = await import("/js/elements/studio/exports/making-text.js");
    return [undefined, { done: 0, total: 1 }, { done: 42, total: 100 }, { done: 150, total: 200 }].map(makingText);
}"""


def test_a_card_says_how_far_its_file_is_once_that_is_known(script_page: Page) -> None:
    assert script_page.evaluate(SAY) == ["Making…", "Making…", "Making… 42 %", "Making… 75 %"]
