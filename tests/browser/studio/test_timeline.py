"""Test the timeline of the studio: frames moved, duplicated, held, deleted, and all of that undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, SignIn, assert_fits, expect_ready
from tests.browser.late.held import HeldRequests
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def cells(page: Page) -> Locator:
    return page.get_by_test_id("strip").get_by_role("option")


def selected(page: Page) -> Locator:
    return page.get_by_test_id("strip").get_by_role("option", selected=True)


def order(page: Page) -> list[str | None]:
    return [cell.get_attribute("data-frame") for cell in cells(page).all()]


def expect_order(page: Page, *ids: str) -> None:
    for index, frame in enumerate(ids):
        expect(page.get_by_test_id(f"frame-{index}")).to_have_attribute("data-frame", frame)
    expect(cells(page)).to_have_count(len(ids))


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Drag with the mouse from the middle of one to the left end of the other."""
    start, end = what.bounding_box(), to.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 20, steps=6)
    page.mouse.move(end["x"] + 4, end["y"] + 20)
    page.mouse.up()


@dataclass(frozen=True)
class Emoji:
    """An emoji of four frames."""

    person: Person
    id: str

    def saved(self) -> list[tuple[str, int]]:
        """Return the id and the ms of each frame."""
        shown: dict[str, Any] = self.person.get(f"projects/{self.id}/")
        return [(frame["id"], frame["delay_ms"]) for frame in shown["frames"]]

    def frames(self) -> list[str]:
        return [frame for frame, _ in self.saved()]

    def rearrange(self, frames: list[tuple[str, int]]) -> None:
        path = f"projects/{self.id}/"
        places = [{"frame": frame, "delay_ms": delay} for frame, delay in frames]
        body = {"frames": places, "revision": self.person.get(path)["revision"]}
        assert self.person.http.post(f"{path}timeline/", json=body).status_code == 200


@pytest.fixture(scope="module")
def finished_emoji(product: Product, photo: bytes) -> Emoji:
    person = product.person()
    project = person.upload(photo, prompt="bounce", frame_count=4, candidates=2, size=64, matte="none")
    person.finished(project["job"]["id"])
    return Emoji(person, project["id"])


@pytest.fixture
def emoji(finished_emoji: Emoji) -> Iterator[Emoji]:
    """Yield the emoji, and put its frames back as they were."""
    frames = finished_emoji.saved()
    yield finished_emoji
    finished_emoji.rearrange(frames)


@pytest.fixture
def studio(sign_in: SignIn, emoji: Emoji) -> Page:
    """Open the studio, scrolled to its frames, so that the script which drags them is loaded."""
    page = sign_in(emoji.person)
    page.goto(f"/emojis/{emoji.id}/")
    expect_ready(page, 4)
    page.get_by_test_id("strip").scroll_into_view_if_needed()
    expect(page.locator(".strip.can-drag")).to_be_visible()
    return page


def tools(page: Page) -> Locator:
    return page.get_by_test_id("timeline")


def expect_status(page: Page, text: str) -> None:
    expect(tools(page).get_by_role("status")).to_have_text(text)


def undo(page: Page, steps: int) -> None:
    """Undo that many steps, which are all there are."""
    button = tools(page).get_by_role("button", name="Undo")
    for step in range(steps):
        expect(button, f"step {step}").not_to_have_attribute("aria-disabled", "true")
        page.keyboard.press("Control+z")
        expect_status(page, "Undone.")
        tools(page).get_by_role("status").evaluate("status => { status.textContent = ''; }")
    expect(button).to_have_attribute("aria-disabled", "true")


def test_frames_are_dragged_with_the_mouse_and_moved_with_keys_and_all_that_is_undone(
    studio: Page, emoji: Emoji
) -> None:
    first, second, third, fourth = emoji.frames()
    drag(studio, cells(studio).nth(3), cells(studio).nth(1))
    expect_order(studio, first, fourth, second, third)
    expect_status(studio, "1 frame moved.")

    cells(studio).nth(1).focus()
    studio.keyboard.press("Shift+ArrowRight")
    expect(selected(studio)).to_have_count(2)
    studio.keyboard.press("Alt+ArrowRight")
    expect_order(studio, first, third, fourth, second)
    undo(studio, 2)
    expect_order(studio, first, second, third, fourth)
    studio.keyboard.press("Control+Shift+z")
    expect_order(studio, first, fourth, second, third)
    undo(studio, 1)
    assert emoji.frames() == [first, second, third, fourth]


def test_frames_are_duplicated_and_deleted_and_a_reload_does_not_forget_how_to_undo_it(
    studio: Page, emoji: Emoji
) -> None:
    first, second, third, fourth = emoji.frames()
    studio.get_by_test_id("frame-1").click()
    studio.keyboard.press("Shift+ArrowRight")
    expect(selected(studio)).to_have_count(2)
    studio.keyboard.press("d")
    expect(cells(studio)).to_have_count(6)
    _, _, _, *copies, _ = order(studio)
    expect_order(studio, first, second, third, *map(str, copies), fourth)
    expect(selected(studio)).to_have_count(2)
    studio.get_by_test_id("frame-0").click()
    studio.get_by_test_id("frame-2").click(modifiers=["Control"])
    studio.keyboard.press("Delete")
    expect_order(studio, second, *map(str, copies), fourth)
    expect_status(studio, "2 frames deleted.")
    assert emoji.frames() == [second, *copies, fourth]

    studio.reload()
    expect_ready(studio, 4)
    undo(studio, 2)
    expect_order(studio, first, second, third, fourth)
    assert emoji.frames() == [first, second, third, fourth]


def test_a_frame_is_held_and_the_loop_stretched(studio: Page, emoji: Emoji) -> None:
    frames = emoji.frames()
    studio.get_by_test_id("frame-0").click()
    studio.keyboard.press("h")
    expect(studio.get_by_test_id("frame-0")).to_contain_text("160 ms")
    expect_status(studio, "1 frame retimed.")
    expect(tools(studio).get_by_label("Stays")).to_have_value("160")
    expect(tools(studio).get_by_text("4 frames · 10.0 a second")).to_be_visible()
    tools(studio).get_by_label("Loop length").fill("0.8")
    studio.keyboard.press("Enter")
    expect(studio.get_by_test_id("frame-0")).to_contain_text("320 ms")
    expect_status(studio, "The loop takes 0.8 s.")
    assert emoji.saved() == list(zip(frames, (320, 160, 160, 160), strict=True))
    studio.get_by_test_id("frame-0").focus()
    undo(studio, 2)
    assert emoji.saved() == [(frame, 80) for frame in frames]


def test_the_frame_shown_when_still_and_the_words_for_the_emoji_are_kept(studio: Page, emoji: Emoji) -> None:
    studio.get_by_test_id("frame-2").click()
    studio.keyboard.press("s")
    expect(tools(studio).get_by_role("button", name="Use as still")).to_have_attribute("aria-pressed", "true")
    expect(studio.get_by_test_id("frame-2")).to_have_accessible_name(re.compile("shown when still"))
    expect_status(studio, "This frame is shown when still.")
    undo(studio, 1)
    assert emoji.person.get(f"projects/{emoji.id}/")["poster"] is None
    studio.keyboard.press("s")
    expect_status(studio, "This frame is shown when still.")
    words = studio.get_by_test_id("words")
    words.locator("summary").click()
    expect(words.get_by_label("Tags")).to_have_value("🏀")
    words.get_by_label("What it shows").fill("A cat that bounces")
    studio.keyboard.press("Enter")
    expect(words.get_by_role("status")).to_have_text("Saved.")
    kept = emoji.person.get(f"projects/{emoji.id}/")
    assert (kept["poster"], kept["alt_text"]) == (2, "A cat that bounces")


def test_words_are_typed_only_once_they_are_kept(studio: Page, emoji: Emoji) -> None:
    held = HeldRequests(studio, re.compile("project-words"), times=1)
    words = studio.get_by_test_id("words")
    words.locator("summary").click()
    expect(words.get_by_label("What it shows")).to_be_disabled()
    expect(words.get_by_label("Tags")).to_be_disabled()
    held[0].continue_()
    words.get_by_label("What it shows").fill("A cat that lands")
    studio.keyboard.press("Enter")
    expect(words.get_by_role("status")).to_have_text("Saved.")
    assert emoji.person.get(f"projects/{emoji.id}/")["alt_text"] == "A cat that lands"


def test_the_keys_are_listed_and_the_timeline_fits_a_phone(studio: Page) -> None:
    studio.get_by_test_id("frame-2").focus()
    studio.keyboard.press("?")
    keys = studio.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    studio.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    assert_fits(studio, PHONE["width"], 320)
