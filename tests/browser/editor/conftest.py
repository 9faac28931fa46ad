"""Open the cut-out editor on a small drawing whose pixels are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import SignIn
from tests.browser.editor.cutout_page import CutoutPage, discs
from tests.stack.product import Person

OpenEditor = Callable[..., CutoutPage]


@pytest.fixture
def open_editor(sign_in: SignIn, person: Person) -> OpenEditor:
    """Open the editor on `discs`, keyed without a GPU unless `fields` say otherwise."""

    def open_editor(picture: bytes | None = None, context: dict[str, Any] | None = None, **fields: Any) -> CutoutPage:
        wanted = {"prompt": "pulse", "frame_count": 2, "size": 64, "candidates": 1, "matte": "white"} | fields
        project = person.upload(picture or discs(), "discs.png", **wanted)
        assert person.finished(project["job"]["id"], 90)["status"] == "succeeded"
        editor = CutoutPage(sign_in(person, **(context or {})), person, project)
        editor.open()
        return editor

    return open_editor
