"""Wherever an emoji stands for itself on a page, it has the finish of its files."""

from __future__ import annotations

import base64
import io
from typing import Any, Final

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, expect

from tests.browser.conftest import SignIn
from tests.polling import until
from tests.stack.product import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser]
YELLOW: Final = (255, 204, 0)
SHOWN: Final = """canvas => canvas.toDataURL().split(",")[1]"""


def outlined(person: Person, name: str, colour: str) -> dict[str, Any]:
    """Make a blue disc that moves, with an outline."""
    drawn, kept = Image.new("RGBA", (128, 128)), io.BytesIO()
    ImageDraw.Draw(drawn).ellipse((30, 30, 90, 90), fill="#1e50c8")
    drawn.save(kept, "PNG")
    fields = {"prompt": "gentle sway", "frame_count": 2, "size": 128, "candidates": 1, "matte": "none"}
    made = person.upload(kept.getvalue(), f"{name}.png", **fields)
    assert person.finished(made["job"]["id"], 90)["status"] == "succeeded"
    set_outline(person, made, colour)
    return made


def set_outline(person: Person, project: dict[str, Any], colour: str) -> None:
    body = {"outline": {"colour": colour, "width": 0.08}}
    assert person.http.post(f"projects/{project['id']}/finish/", json=body).is_success


def is_yellow(canvas: Locator) -> bool:
    """Return whether a canvas shows an outline of that colour."""
    if not canvas.count():
        return False
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(canvas.evaluate(SHOWN)))).convert("RGBA"))
    alike = np.abs(picture[..., :3].astype(int) - YELLOW).max(axis=2) <= 8
    return bool((alike & (picture[..., 3] > 250)).mean() > 0.02)


def expect_yellow(canvas: Locator, what: str) -> None:
    until(lambda: is_yellow(canvas), 20, f"the outline of {what}")


def test_cards_sets_and_choices_show_the_outline_that_files_have(sign_in: SignIn, person: Person) -> None:
    first, second, outside = (outlined(person, name, "#ffcc00") for name in ("first", "second", "outside"))
    pair = [first["id"], second["id"]]
    made = person.http.post("sets/", json={"name": "Discs", "projects": pair}).json()
    page = sign_in(person, reduced_motion="reduce")
    page.goto("/")
    expect_yellow(page.locator(f"emoji-card[data-project='{outside['id']}'] canvas"), "a card")
    expect_yellow(page.locator(".sets finished-still canvas"), "a set")

    page.goto(f"/sets/{made['id']}/")
    expect_yellow(page.locator("set-card canvas").first, "a card of the set")
    expect(page.locator("set-card img").first).to_be_hidden()
    page.get_by_role("button", name="Add emojis").click()
    expect_yellow(page.get_by_role("dialog").locator("canvas"), "a choice")
