"""Test the choice of a loop: moving cards that say what differs, and one tap for all frames."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PHONE, SignIn
from tests.browser.late.held import HeldRequests
from tests.polling import until
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]
PIXELS = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join()"
SMALL_TARGETS = """() => [...document.querySelectorAll(".studio-head button, .studio :is(button, select, input)")]
    .filter(one => one.checkVisibility({ visibilityProperty: true }))
    .filter(one => !one.matches("[type=checkbox]") && !one.closest(".compare, .frame-links, .report"))
    .map(one => [one.getAttribute("aria-label") ?? one.textContent.trim(), one.getBoundingClientRect()])
    .filter(([, box]) => box.height && Math.min(box.width, box.height) < 44).map(([name]) => name)"""


@pytest.fixture(scope="module")
def finished(product: Product, photo: bytes) -> tuple[Person, dict[str, Any]]:
    """Return a person with a finished emoji of 4 frames in 3 versions."""
    person = product.person()
    project = person.upload(photo, prompt="jump", matte="none", frame_count=4, candidates=3)
    person.finished(project["job"]["id"], seconds=90)
    return person, project


def card(page: Page, name: str) -> Locator:
    return page.get_by_test_id("versions").get_by_role("button", name=name)


def assert_cards_move(page: Page) -> None:
    """Assert that the cards say what differs, and play."""
    expect(card(page, "Version A")).to_contain_text("as you asked")
    expect(card(page, "Version B")).to_contain_text("higher, snappier, leaning along")
    moving = card(page, "Version C").locator("canvas")
    moving.scroll_into_view_if_needed()
    expect(card(page, "Version C")).to_have_attribute("data-shown", re.compile("preview"))
    first = moving.evaluate(PIXELS)
    until(lambda: moving.evaluate(PIXELS) != first, 20, "a card that moves")


def choose_while_paused(page: Page) -> None:
    """Choose a version with one tap while the player stands still, and wait until it is shown everywhere."""
    page.get_by_test_id("frame-2").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.get_by_test_id("candidate-1")).to_contain_text("higher, snappier, leaning along")
    canvases = page.locator("frame-player canvas, chat-preview .emoji:not([hidden]) canvas")
    before = [canvas.evaluate(PIXELS) for canvas in canvases.all()]
    strip = page.get_by_test_id("frame-2").locator("img")
    old = strip.get_attribute("src") or ""
    card(page, "Version B").click()
    expect(card(page, "Version B")).to_have_attribute("aria-pressed", "true")
    expect(strip).not_to_have_attribute("src", old)
    for canvas, shown in zip(canvases.all(), before, strict=True):
        until(lambda: canvas.evaluate(PIXELS) != shown, 30, "the version in the player and the chats")  # noqa: B023


def return_to_mix(page: Page) -> None:
    """Mix two versions by a frame's candidate, choose one of them, and come back to the mix."""
    page.get_by_test_id("candidate-2").click()
    expect(card(page, "Your mix")).to_have_attribute("aria-pressed", "true")
    card(page, "Version A").click()
    expect(card(page, "Version A")).to_have_attribute("aria-pressed", "true")
    card(page, "Your mix").click()
    expect(page.get_by_test_id("candidate-2")).to_have_attribute("aria-pressed", "true")


def test_one_tap_chooses_a_loop_for_player_strip_and_chats_in_one_request_though_paused(
    sign_in: SignIn, finished: tuple[Person, dict[str, Any]]
) -> None:
    person, project = finished
    page = sign_in(person)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"/emojis/{project['id']}/")
    assert_cards_move(page)
    choose_while_paused(page)
    asked = [re.sub(r".*/v1/projects/[^/]+/", "", url) for url in sent]
    assert [path for path in asked if path != "previews/"] == ["choose/"]
    frames = person.get(f"projects/{project['id']}/")["frames"]
    assert {one["ordinal"] for frame in frames for one in frame["candidates"] if one["id"] == frame["chosen"]} == {1}
    return_to_mix(page)
    page.get_by_test_id("fine-tune").click()
    expect(page.get_by_test_id("candidate-2")).to_be_hidden()
    page.reload()
    page.get_by_test_id("frame-1").click()
    expect(page.get_by_test_id("candidate-2")).to_be_hidden()


def test_every_version_shows_a_still_while_all_other_pictures_are_on_their_way(
    sign_in: SignIn, finished: tuple[Person, dict[str, Any]]
) -> None:
    person, project = finished
    frames = person.get(f"projects/{project['id']}/")["frames"]
    stills = {candidate["preview_url"] for candidate in frames[0]["candidates"]}
    page = sign_in(person, viewport={"width": 390, "height": 480})  # the cards are out of sight
    held: list[Route] = []
    page.route(
        re.compile("/preview"),
        lambda route: route.continue_() if route.request.url.endswith(tuple(stills)) else held.append(route),
    )
    page.goto(f"/emojis/{project['id']}/", wait_until="domcontentloaded")
    for version in "ABC":
        expect(card(page, f"Version {version}")).to_have_attribute("data-shown", re.compile("preview"))
    assert held
    page.unroute_all(behavior="ignoreErrors")


def test_a_phone_keeps_the_player_in_view_above_tabs_that_a_thumb_can_hit(
    sign_in: SignIn, finished: tuple[Person, dict[str, Any]]
) -> None:
    person, project = finished
    page = sign_in(person, viewport=PHONE, reduced_motion="reduce")
    page.goto(f"/emojis/{project['id']}/")
    player = page.locator("frame-player canvas")
    parts = {
        "Loops": card(page, "Version A"),
        "Frames": page.get_by_test_id("frame-0"),
        "Download": page.get_by_role("button", name="Make file for Slack"),
    }
    for name, part in parts.items():
        page.get_by_role("tab", name=name).click()
        expect(part).to_be_in_viewport()
        expect(player).to_be_in_viewport(ratio=0.9)
        expect(page.get_by_role("button", name="Earlier", exact=True)).to_be_visible(visible=name == "Frames")
        assert page.evaluate(SMALL_TARGETS) == [], name
        for other in parts.values():
            expect(other).to_be_visible(visible=other is part)
    page.get_by_role("tab", name="Download").press("ArrowRight")
    expect(page.get_by_role("tab", name="Loops")).to_be_focused()
    before = player.evaluate(PIXELS)
    card(page, "Version C").click()
    expect(card(page, "Version C")).to_have_attribute("aria-pressed", "true")
    until(lambda: player.evaluate(PIXELS) != before, 30, "the version in the player")


def test_a_file_waits_for_the_version_that_is_being_chosen(
    sign_in: SignIn, finished: tuple[Person, dict[str, Any]]
) -> None:
    person, project = finished
    page = sign_in(person)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/exports/") else None)
    held = HeldRequests(page, "**/choose/")
    page.goto(f"/emojis/{project['id']}/")
    card(page, "Version B").click()
    choice = held[0]
    page.get_by_role("button", name="Make file for Slack").click()
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve))")
    assert sent == []
    with page.expect_request("**/exports/"):
        choice.continue_()
