"""Test framing and finish as a person does it: every control changes the preview, and files show the same."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any, Final

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from animations.imaging.arrays import Frame
from animations.imaging.boxes import box_of
from animations.imaging.premultiply import premultiply
from tests.browser.conftest import PHONE, SignIn, assert_fits, wait_for_frame
from tests.browser.editor.cutout_page import png
from tests.browser.editor.fingers import Fingers
from tests.polling import until
from tests.stack.product import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser]
BLUE, YELLOW, WHITE = (30, 80, 200), (255, 204, 0), (255, 255, 255)
LEAST_TARGET = 44
PIXELS: Final = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.width, btoa(Array.from(data, (value) => String.fromCharCode(value)).join(""))];
}"""


def picture() -> bytes:
    """Draw a blue disc, left of the middle of nothing."""
    drawn = Image.new("RGBA", (128, 128))
    ImageDraw.Draw(drawn).ellipse((20, 40, 70, 90), fill=BLUE)
    return png(drawn)


@pytest.fixture
def project(person: Person) -> dict[str, Any]:
    fields = {"prompt": "gentle sway", "frame_count": 2, "size": 128, "candidates": 1, "matte": "none"}
    made = person.upload(picture(), "disc.png", framing="whole", **fields)
    assert person.finished(made["job"]["id"], 90)["status"] == "succeeded"
    return made


class FinishPage:
    """Framing and finish on a studio page, the loop standing still at its first frame."""

    def __init__(self, page: Page, project: dict[str, Any]) -> None:
        self.page = page
        page.goto(f"/emojis/{project['id']}/")
        tab = page.get_by_role("tab", name="Edge")
        if tab.is_visible():  # on a phone
            tab.click()
        page.get_by_test_id("edit-finish").click()
        self.root = page.get_by_test_id("finish")
        self.canvas = self.root.locator("canvas")
        expect(self.root).to_be_visible()
        until(lambda: self.shown()[..., 3].any(), 30, "a picture")

    def panel(self, name: str) -> None:
        self.root.get_by_role("toolbar").get_by_role("button", name=name).click()

    def field(self, name: str, value: str = "") -> Locator:
        return self.root.locator(f"[name='{name}']" + (f"[value='{value}']" if value else ""))

    def choose(self, name: str, value: str) -> None:
        self.root.locator(f"label:has([name='{name}'][value='{value}'])").click()

    def slide(self, name: str, value: float) -> None:
        self.field(name).filter(visible=True).fill(str(value))

    def shown(self) -> Frame:
        """Return what the preview shows."""
        wait_for_frame(self.page)
        width, text = self.canvas.evaluate(PIXELS)
        return np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, width, 4)

    def box(self) -> tuple[int, int, int, int]:
        box = box_of(self.shown()[..., 3], 128)
        assert box
        return box

    def count(self, colour: tuple[int, int, int]) -> int:
        """Return how many pixels have a colour."""
        return count(self.shown(), colour)

    def expect_saved(self) -> None:
        expect(self.root).not_to_have_attribute("data-unsaved", "")
        expect(self.root.get_by_role("status")).to_have_text("Saved. Files that you make now look like this.")


def count(frame: Frame, colour: tuple[int, int, int]) -> int:
    near = np.abs(frame[..., :3].astype(int) - colour).max(axis=2) < 24
    return int(np.count_nonzero(near & (frame[..., 3] > 200)))


def first_frame_of_file(person: Person, project: dict[str, Any]) -> Frame:
    """Make a file, and return its first frame."""
    (row,) = person.http.post(f"projects/{project['id']}/exports/", json={"platforms": ["apng"]}).json()
    path = f"exports/{row['id']}/"
    done = until(lambda: (row := person.get(path))["status"] == "succeeded" and row, 30, "the file")
    with Image.open(io.BytesIO(person.file(done["files"][0]["url"]))) as file:
        return np.asarray(file.convert("RGBA"))


def assert_alike(found: Frame, expected: Frame) -> None:
    """Compare each pixel with those round it: browsers put letters up to one px aside."""
    pixels, around = premultiply(found), np.ones((3, 3), np.uint8)
    low, high = cv2.erode(premultiply(expected), around), cv2.dilate(premultiply(expected), around)
    difference = np.maximum(np.maximum(pixels - high, low - pixels), 0).max(axis=2)
    assert (difference > 32).mean() < 0.01
    assert difference.mean() < 1


@pytest.fixture
def finish(sign_in: SignIn, person: Person, project: dict[str, Any]) -> Iterator[FinishPage]:
    yield FinishPage(sign_in(person, reduced_motion="reduce"), project)


def test_layers_are_seen_at_once_and_in_files(finish: FinishPage, person: Person, project: dict[str, Any]) -> None:
    plain = finish.shown()
    assert_alike(first_frame_of_file(person, project), plain)
    finish.panel("Outline")
    finish.field("outline.colour", "#ffcc00").check()
    thin = finish.count(YELLOW)
    assert thin > 0 == count(plain, YELLOW)
    finish.slide("outline.width", 0.1)
    assert finish.count(YELLOW) > 2 * thin
    expect(finish.field("outline")).to_be_checked()

    finish.panel("Shadow")
    faint = np.count_nonzero(np.isin(finish.shown()[..., 3], range(20, 120)))
    finish.field("shadow").check()
    assert np.count_nonzero(np.isin(finish.shown()[..., 3], range(20, 120))) > 2 * faint
    finish.slide("shadow.distance", 0.1)
    finish.slide("shadow.opacity", 1)
    finish.slide("shadow.blur", 0)
    assert finish.count((0, 0, 0)) > 100

    finish.panel("Caption")
    finish.field("caption.text").fill("뛰어 Wow")
    until(lambda: finish.count(WHITE) > 100, 30, "the caption in its font")
    assert count(finish.shown()[:64], WHITE) == 0
    finish.choose("caption.place", "top")
    assert count(finish.shown()[:64], WHITE) > 100
    finish.field("caption.colour", "#ffcc00").check()
    assert finish.count(WHITE) == 0
    straight = finish.shown()
    finish.slide("caption.arc", 0.5)
    assert not np.array_equal(finish.shown(), straight)
    finish.expect_saved()
    assert_alike(first_frame_of_file(person, project), finish.shown())

    finish.field("caption.text").fill("뛰어 🐈")
    expect(finish.root.get_by_role("alert")).to_contain_text("A caption cannot show 🐈.")
    expect(finish.field("caption.text")).to_have_value("뛰어 🐈")
    finish.root.get_by_role("button", name="Done").focus()
    before = finish.shown()
    finish.page.keyboard.press("Control+z")
    assert not np.array_equal(finish.shown(), before)
    finish.page.keyboard.press("Control+Shift+Z")
    assert np.array_equal(finish.shown(), before)

    finish.page.keyboard.press("Escape")
    expect(finish.root).to_be_hidden()
    expect(finish.page.get_by_test_id("edit-finish")).to_be_focused()
    player = finish.page.locator("frame-player canvas")
    until(lambda: yellow_on(player) > 100, 30, "the finish in the player")
    finish.page.get_by_test_id("strip").locator("img[src^='data:']").first.wait_for()
    finish.page.locator("timeline-tools [data-do=undo]").click()
    until(lambda: yellow_on(player) == 0, 30, "the studio's undo")
    assert person.get(f"projects/{project['id']}/")["finish"]["outline"] is None


def yellow_on(canvas: Locator) -> int:
    width, text = canvas.evaluate(PIXELS)
    return count(np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, width, 4), YELLOW)


def test_the_loop_is_placed_by_pointer_keys_and_sliders(
    finish: FinishPage, person: Person, project: dict[str, Any]
) -> None:
    left, top, right, bottom = finish.box()
    surface = finish.page.get_by_test_id("finish-surface")
    screen = finish.page.get_by_test_id("finish-bounds").bounding_box()
    assert screen
    pixel = screen["width"] / 128
    start = (screen["x"] + 64 * pixel, screen["y"] + 64 * pixel)
    finish.page.mouse.move(*start)
    finish.page.mouse.down()
    finish.page.mouse.move(start[0] + 10 * pixel, start[1] + 20 * pixel, steps=5)
    finish.page.mouse.up()
    assert finish.box() == (left + 10, top + 20, right + 10, bottom + 20)
    surface.focus()
    finish.page.keyboard.press("Shift+ArrowLeft")
    assert finish.box()[0] == pytest.approx(left + 10 - 0.05 * 128, abs=1)
    finish.root.get_by_role("button", name="Back to the middle").click()
    assert finish.box() == (left, top, right, bottom)

    finish.page.keyboard.press("m")
    assert finish.box()[0] == pytest.approx(128 - right, abs=1)
    expect(finish.field("placement.flip")).to_be_checked()
    finish.slide("placement.zoom", 0.5)
    assert finish.box()[2] - finish.box()[0] == pytest.approx((right - left) / 2, abs=2)
    finish.page.mouse.move(*start)
    finish.page.mouse.wheel(0, -200)
    until(lambda: finish.box()[2] - finish.box()[0] > (right - left) / 2 + 4, 30, "a zoom by the wheel")
    finish.root.get_by_role("button", name="Start over").click()
    finish.choose("placement.fit", "cover")
    assert finish.box()[3] - finish.box()[1] > 1.7 * (bottom - top)

    finish.choose("placement.fit", "contain")
    finish.field("placement.ground").check()
    line = finish.root.locator("[data-ground]")
    expect(line).to_be_visible()
    lowest = finish.box()[3]
    surface.focus()
    finish.page.keyboard.press("Shift+ArrowUp")
    assert finish.box()[3] == pytest.approx(lowest - 0.05 * 128, abs=1)
    finish.expect_saved()
    assert_alike(first_frame_of_file(person, project), finish.shown())


def test_fingers_move_and_pinch_on_a_phone(sign_in: SignIn, person: Person, project: dict[str, Any]) -> None:
    page = sign_in(person, viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    finish = FinishPage(page, project)
    left, top, right, bottom = finish.box()
    screen = page.get_by_test_id("finish-bounds").bounding_box()
    assert screen and screen["y"] + screen["height"] < PHONE["height"]
    pixel = screen["width"] / 128
    start = (screen["x"] + 64 * pixel, screen["y"] + 64 * pixel)
    with Fingers(page) as fingers:
        fingers.drag(start, (start[0] + 12 * pixel, start[1]))
        assert finish.box() == pytest.approx((left + 12, top, right + 12, bottom), abs=1)
        fingers.pinch(start, apart=(60, 90))
    assert finish.box()[2] - finish.box()[0] == pytest.approx(1.5 * (right - left), abs=4)
    for name in ("Outline", "Shadow", "Caption", "Framing"):
        finish.panel(name)
        for box in finish.root.locator("button:visible, label:has(input):visible").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().toJSON())"
        ):
            assert min(box["width"], box["height"]) >= LEAST_TARGET, box
    assert_fits(page, 320, PHONE["width"], 820, 1440)
    page.set_viewport_size({"width": 320, "height": PHONE["height"]})
    names = finish.root.locator(".editor-tools button")
    assert names.evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length") == 0


def test_what_was_typed_just_before_a_reload_is_saved(
    finish: FinishPage, person: Person, project: dict[str, Any]
) -> None:
    finish.panel("Caption")
    finish.field("caption.text").fill("Wow")
    finish.page.reload()
    caption = until(lambda: person.get(f"projects/{project['id']}/")["finish"]["caption"], 20, "the caption")
    assert caption["text"] == "Wow"
