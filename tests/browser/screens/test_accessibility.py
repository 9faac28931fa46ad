"""Test that what looks for faults of accessibility finds one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.axe import assert_accessible

pytestmark = [pytest.mark.stack, pytest.mark.browser]
PAGE = "<html lang=en><title>A page</title><main><h1>A page</h1>"


def test_axe_sees_a_button_without_a_name_and_what_cannot_be_read_in_the_dark(script_page: Page) -> None:
    script_page.set_content(f"{PAGE}<button></button></main></html>")
    with pytest.raises(AssertionError, match="button-name"):
        assert_accessible(script_page)
    dark = "<style>@media (prefers-color-scheme: dark) { p { color: #eee; background: white } }</style>"
    script_page.set_content(f"{PAGE}{dark}<p>Some words</p></main></html>")
    with pytest.raises(AssertionError, match="color-contrast"):
        assert_accessible(script_page)
