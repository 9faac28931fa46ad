"""The cut-out editor as a person uses it: strokes and taps in px of the picture, and the alpha that they make."""

from __future__ import annotations

import io
import math
from itertools import pairwise
from typing import Any, Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import wait_for_frame
from tests.stack.product import Person

Place = tuple[float, float]
MADE_MS = 30_000
RED, BLUE, YELLOW = (60, 90), (190, 100), (225, 30)
"""Places inside the discs of `discs`, as (x, y)."""
HOLE = (100, 90)


def discs(background: str = "white") -> bytes:
    """Draw a red disc with a hole, a blue one beside it and a small yellow one, 256×192, as a PNG."""
    picture = Image.new("RGB", (256, 192), background)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 30, 140, 150), fill="#c03018")
    draw.ellipse((84, 74, 116, 106), fill=background)
    draw.ellipse((150, 60, 230, 140), fill="#205080")
    draw.ellipse((215, 20, 235, 40), fill="#e0a000")
    return png(picture)


def png(picture: Image.Image) -> bytes:
    """Encode a picture."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


class CutoutPage:
    """The editor on a studio page."""

    def __init__(self, page: Page, person: Person, project: dict[str, Any]) -> None:
        self.page = page
        self.person = person
        self.project = project
        self.root = page.get_by_test_id("editor")
        self.cutout = self.root.get_by_alt_text("The cut-out")

    def open(self) -> None:
        """Open the editor, and take up the brush."""
        self.show()
        if self.is_chosen("Holes"):
            self.tool("Brush")

    def show(self) -> None:
        """Open the editor as it comes."""
        self.page.goto(f"/emojis/{self.project['id']}/")
        tab = self.page.get_by_role("tab", name="Edge")
        if tab.is_visible():  # on a phone
            tab.click()
        self.page.get_by_test_id("edit-cutout").click()
        self.expect_shown()

    def expect_shown(self) -> None:
        expect(self.root).to_be_visible()
        expect(self.cutout).not_to_have_js_property("naturalWidth", 0)
        expect(self.page.get_by_test_id("status")).to_be_hidden()
        wait_for_frame(self.page)

    def tool(self, name: str) -> None:
        """Take up a tool. Its options leave the picture more room or less, and it is fitted anew."""
        self.root.get_by_role("toolbar").get_by_role("button", name=name).click()
        wait_for_frame(self.page)

    def is_chosen(self, name: str) -> bool:
        button = self.root.get_by_role("toolbar").get_by_role("button", name=name)
        return button.get_attribute("aria-pressed") == "true"

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def at(self, place: Place) -> Place:
        """Return where a place in the picture is on the screen."""
        box = self.cutout.bounding_box()
        assert box
        scale = box["width"] / self.cutout.evaluate("image => image.naturalWidth")
        return box["x"] + place[0] * scale, box["y"] + place[1] * scale

    def tap(self, place: Place, button: Literal["left", "right"] = "left") -> None:
        self.page.mouse.click(*self.at(place), button=button)

    def drag(self, *places: Place) -> None:
        """Press at the first place, move over the others, and lift the pointer."""
        self.page.mouse.move(*self.at(places[0]))
        self.page.mouse.down()
        for start, end in pairwise(places):
            for step in range(1, 9):
                place = (start[0] + (end[0] - start[0]) * step / 8, start[1] + (end[1] - start[1]) * step / 8)
                self.page.mouse.move(*self.at(place))
        self.page.mouse.up()

    def wave(self, moves: int) -> list[Place]:
        """Return places on the screen, one more than these moves, that lead in waves over the picture."""
        box = self.cutout.bounding_box()
        assert box
        shares = ((0.1 + 0.8 * move / moves, 0.5 + 0.3 * math.sin(move / 8)) for move in range(moves + 1))
        return [(box["x"] + box["width"] * across, box["y"] + box["height"] * down) for across, down in shares]

    def expect_said(self, text: str) -> None:
        expect(self.root.get_by_role("status")).to_have_text(text, timeout=MADE_MS)
        wait_for_frame(self.page)

    def expect_idle(self) -> None:
        """Wait until all that was asked for is done."""
        expect(self.root).not_to_have_attribute("data-busy", "", timeout=MADE_MS)
        wait_for_frame(self.page)

    def expect_refused(self, text: str) -> None:
        expect(self.root.get_by_role("alert")).to_contain_text(text, timeout=MADE_MS)

    def source(self) -> dict[str, Any]:
        return dict(self.person.get(f"projects/{self.project['id']}/")["source"])

    def alphas(self, *places: tuple[int, int]) -> list[int]:
        """Return how opaque these pixels of the source's matte in use are."""
        return alphas(self.person.file(self.source()["alpha_url"]), *places)


def alphas(matte: bytes, *places: tuple[int, int]) -> list[int]:
    """Return how opaque pixels of a matte are."""
    with Image.open(io.BytesIO(matte)) as picture:
        return [int(picture.convert("L").getpixel(place)) for place in places]  # type: ignore[arg-type]
